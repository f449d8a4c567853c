package io.timebridge.ops;

import java.util.Locale;

/** Numbers with what they count. */
public final class Counted {
  private Counted() {}

  /** {@code 1 key}, {@code 12,000 keys}. */
  public static String of(long number, String one, String many) {
    return String.format(Locale.ROOT, "%,d %s", number, number == 1 ? one : many);
  }
}
