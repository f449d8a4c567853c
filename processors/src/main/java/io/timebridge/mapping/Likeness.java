package io.timebridge.mapping;

import java.text.Normalizer;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/** When two names mean the same, or nearly. */
public final class Likeness {
  /** Shortest name in which one differing character is taken for a slip. */
  private static final int SHORTEST_SLIP = 5;

  private Likeness() {}

  /** As a task is matched: without surrounding blanks and case. */
  static String folded(String name) {
    return name.strip().toLowerCase(Locale.ROOT);
  }

  /**
   * Letters and digits alone, compatible forms made one (Unicode NFKC), without case: {@code Team
   * Meeting}, {@code TeamMeeting} and {@code ｔｅａｍ－ｍｅｅｔｉｎｇ} are one. A name of signs alone keeps
   * them.
   */
  public static String normal(String name) {
    String form = Normalizer.normalize(name, Normalizer.Form.NFKC).toLowerCase(Locale.ROOT).strip();
    String plain = form.replaceAll("[^\\p{L}\\p{N}\\p{M}]", "");
    return plain.isEmpty() ? form : plain;
  }

  /**
   * Whether two normal forms differ by one slip: a character more, less, or other, or two
   * neighbours exchanged. Digits are never a slip: {@code phase1} is not {@code phase2}.
   */
  static boolean isSlip(String a, String b) {
    return a.length() >= SHORTEST_SLIP
        && b.length() >= SHORTEST_SLIP
        && digits(a).equals(digits(b))
        && distanceIsOne(a.codePoints().toArray(), b.codePoints().toArray());
  }

  private static String digits(String text) {
    return text.replaceAll("\\P{N}", "");
  }

  private static boolean distanceIsOne(int[] a, int[] b) {
    if (Math.abs(a.length - b.length) > 1) {
      return false;
    }
    int from = 0;
    while (from < a.length && from < b.length && a[from] == b[from]) {
      from++;
    }
    int endA = a.length;
    int endB = b.length;
    while (endA > from && endB > from && a[endA - 1] == b[endB - 1]) {
      endA--;
      endB--;
    }
    int leftA = endA - from;
    int leftB = endB - from;
    boolean exchanged =
        leftA == 2 && leftB == 2 && a[from] == b[from + 1] && a[from + 1] == b[from];
    return exchanged || Math.max(leftA, leftB) == 1;
  }

  /** Whatever is left of a name without one of its characters, and the name: slips share one. */
  static Set<String> withoutOne(String name) {
    Set<String> shorter = new HashSet<>();
    shorter.add(name);
    int[] points = name.codePoints().toArray();
    for (int i = 0; i < points.length; i++) {
      shorter.add(new String(points, 0, i) + new String(points, i + 1, points.length - i - 1));
    }
    return shorter;
  }
}
