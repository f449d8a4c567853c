package io.timebridge.local.kinesis;

import java.util.Optional;

/**
 * A place in a shard to read from, as a client holds it between two calls.
 *
 * @param stream name of the stream
 * @param streamCreatedMillis tells a stream from a later one of the same name
 * @param shard index of the shard
 * @param from the place
 * @param issuedAtMillis when it was given out; five minutes later it is expired
 */
record ShardIterator(
    String stream, long streamCreatedMillis, int shard, Shard.Position from, long issuedAtMillis) {

  private static final String KIND = "iterator";
  private static final long LIFETIME_MILLIS = 300_000;

  String seal(OpaqueTokens tokens) {
    return tokens.seal(
        KIND, stream, streamCreatedMillis, shard, from.ordinal(), from.millis(), issuedAtMillis);
  }

  static Optional<ShardIterator> open(String token, OpaqueTokens tokens) {
    return tokens
        .open(KIND, token)
        .map(parts ->
            new ShardIterator(
                parts.get(0),
                Long.parseLong(parts.get(1)),
                Integer.parseInt(parts.get(2)),
                new Shard.Position(Long.parseLong(parts.get(3)), Long.parseLong(parts.get(4))),
                Long.parseLong(parts.get(5))));
  }

  boolean expired(long nowMillis) {
    return nowMillis - issuedAtMillis > LIFETIME_MILLIS;
  }
}
