package io.timebridge.ingest.poller;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Open jobs that SecondService no longer lists, too many to be believed.
 *
 * @param episode of the alert: grows from one doubt to the next
 * @param fingerprint of exactly these jobs
 * @param since when this set was first seen
 * @param open how many open jobs are known
 * @param missing how many of them are
 * @param jobs the missing ones' ids; none when they do not fit into a row
 * @param shown the first of them, for people
 * @param obstacle why a person cannot confirm them; empty when one can
 */
record Doubt(
    long episode,
    String fingerprint,
    Instant since,
    int open,
    int missing,
    Set<Long> jobs,
    List<Shown> shown,
    String obstacle) {
  /** As many are named to people. */
  static final int MOST_SHOWN = 200;

  /** Most bytes of packed ids: some 40,000 jobs, whose ids are dense; a row may hold them twice. */
  private static final int MOST_BYTES = 100_000;

  private static final int LONGEST_TEXT = 100;

  /** One of the jobs, its texts cut where they are long. */
  record Shown(long id, String code, String name, String client) {}

  Doubt {
    jobs = Set.copyOf(jobs);
    shown = List.copyOf(shown);
  }

  static Doubt of(JobDiff.Missing.TooMany missing, long episode, Instant now) {
    Set<Long> ids = new TreeSet<>();
    missing.jobs().forEach(job -> ids.add(job.id()));
    boolean fits = packed(ids).length <= MOST_BYTES;
    String obstacle =
        missing.noneListed()
            ? "SecondService lists no job at all: an empty list closes nothing"
            : fits ? "" : ids.size() + " jobs are too many to be confirmed at once";
    return new Doubt(
        episode,
        fingerprint(ids),
        now,
        missing.open(),
        ids.size(),
        fits ? ids : Set.of(),
        missing.jobs().stream()
            .limit(MOST_SHOWN)
            .map(j -> new Shown(j.id(), cut(j.code()), cut(j.name()), cut(j.clientName())))
            .toList(),
        obstacle);
  }

  /** 16 hex digits of SHA-256 over the ids in their order. */
  static String fingerprint(Collection<Long> ids) {
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      for (long id : new TreeSet<>(ids)) {
        sha.update(ByteBuffer.allocate(Long.BYTES).putLong(id).array());
      }
      return HexFormat.of().formatHex(sha.digest(), 0, 8);
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every Java runtime has SHA-256", impossible);
    }
  }

  /** Steps from id to id, base 36, with blanks between. */
  static byte[] packed(Collection<Long> ids) {
    StringBuilder text = new StringBuilder();
    long before = 0;
    for (long id : new TreeSet<>(ids)) {
      text.append(text.isEmpty() ? "" : " ").append(Long.toString(id - before, 36));
      before = id;
    }
    return text.toString().getBytes(StandardCharsets.US_ASCII);
  }

  static Set<Long> unpacked(byte[] packed) {
    Set<Long> ids = new TreeSet<>();
    long before = 0;
    if (packed.length == 0) {
      return ids;
    }
    for (String step : new String(packed, StandardCharsets.US_ASCII).split(" ", -1)) {
      before += Long.parseLong(step, 36);
      ids.add(before);
    }
    return ids;
  }

  private static String cut(String text) {
    return text.codePointCount(0, text.length()) <= LONGEST_TEXT
        ? text
        : text.substring(0, text.offsetByCodePoints(0, LONGEST_TEXT)) + "\u2026";
  }
}
