package io.timebridge.reconcile;

import io.timebridge.stream.EntryId;
import io.timebridge.timesheet.ReferenceMark;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Descriptions are compared by a short hash of their words: two that differ in blanks and line
 * breaks alone are equal, and no note is held.
 */
final class Words {
  private Words() {}

  static long ofEntry(EntryId id, String note) {
    return of(ReferenceMark.describe(id, note));
  }

  static long of(String description) {
    String plain = description.replaceAll("[\\s\\p{Cntrl}]+", " ").strip();
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      return ByteBuffer.wrap(digest.digest(plain.getBytes(StandardCharsets.UTF_8))).getLong();
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every Java runtime has SHA-256", impossible);
    }
  }
}
