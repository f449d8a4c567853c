package io.timebridge.local.kinesis;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.math.BigInteger;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;

/**
 * A closed range of the 128-bit hash space that a shard owns.
 *
 * @param start first hash of the range
 * @param end last hash of the range, itself included
 */
record HashRange(BigInteger start, BigInteger end) {

  static final BigInteger MAX = BigInteger.TWO.pow(128).subtract(BigInteger.ONE);

  HashRange {
    if (start.signum() < 0 || end.compareTo(MAX) > 0 || start.compareTo(end) > 0) {
      throw new IllegalArgumentException("not a hash range: " + start + " to " + end);
    }
  }

  /** The hash of a partition key: the MD5 of its UTF-8 bytes, read as an unsigned number. */
  static BigInteger hashOf(String partitionKey) {
    try {
      return new BigInteger(
          1, MessageDigest.getInstance("MD5").digest(partitionKey.getBytes(UTF_8)));
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every JDK has MD5", impossible);
    }
  }

  /** The whole space cut into {@code count} ranges whose sizes differ by at most one part. */
  static List<HashRange> uniform(int count) {
    BigInteger size = MAX.add(BigInteger.ONE).divide(BigInteger.valueOf(count));
    List<HashRange> ranges = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      BigInteger start = size.multiply(BigInteger.valueOf(i));
      ranges.add(
          new HashRange(start, i == count - 1 ? MAX : start.add(size).subtract(BigInteger.ONE)));
    }
    return List.copyOf(ranges);
  }

  boolean contains(BigInteger hash) {
    return start.compareTo(hash) <= 0 && hash.compareTo(end) <= 0;
  }

  boolean endsWhereStarts(HashRange next) {
    return end.add(BigInteger.ONE).equals(next.start);
  }

  HashRange before(BigInteger boundary) {
    return new HashRange(start, boundary.subtract(BigInteger.ONE));
  }

  HashRange from(BigInteger boundary) {
    return new HashRange(boundary, end);
  }
}
