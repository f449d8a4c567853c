package io.timebridge.local.kinesis;

import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The streams of the account, and the rules that span them: names, the shard limit, and when a
 * stream may be touched. Thread-safe.
 *
 * @implNote {@code change} serializes creation, deletion and resharding, so that the shard limit
 *     holds; lock order: {@code change}, then a stream's own locks.
 */
final class StreamStore {

  private static final Logger LOG = LoggerFactory.getLogger(StreamStore.class);

  private final LocalKinesis.Options options;
  private final ConcurrentSkipListMap<String, DataStream> streams = new ConcurrentSkipListMap<>();
  private final ReentrantLock change = new ReentrantLock();

  StreamStore(LocalKinesis.Options options) {
    this.options = options;
  }

  LocalKinesis.Options options() {
    return options;
  }

  InstantSource clock() {
    return options.clock();
  }

  long now() {
    return options.clock().millis();
  }

  /** The stream with that name, in any status. */
  DataStream find(String name) {
    DataStream stream = streams.get(name);
    if (stream != null && stream.gone(now())) {
      streams.remove(name, stream);
      stream = null;
    }
    if (stream == null) {
      throw KinesisError.notFound(
          "Stream %s under account %s not found.".formatted(name, options.account()));
    }
    return stream;
  }

  /** The stream with that name when records can be put and read. */
  DataStream forData(String name) {
    DataStream stream = find(name);
    return switch (stream.status(now())) {
      case ACTIVE, UPDATING -> stream;
      case CREATING, DELETING ->
          throw KinesisError.notFound(
              "Stream %s under account %s not found.".formatted(name, options.account()));
    };
  }

  /** Everything by name, deleted streams left out. */
  List<DataStream> all() {
    long now = now();
    return streams.values().stream().filter(stream -> !stream.gone(now)).toList();
  }

  void create(String name, DataStream.Mode mode, int shards, Map<String, String> tags) {
    change.lock();
    try {
      long now = now();
      DataStream previous = streams.get(name);
      if (previous != null && !previous.gone(now)) {
        throw new KinesisError(
            KinesisError.Type.RESOURCE_IN_USE,
            "Stream %s under account %s already exists.".formatted(name, options.account()));
      }
      requireRoomFor(shards);
      DataStream stream =
          new DataStream(
              new DataStream.Shape(
                  name,
                  mode,
                  shards,
                  options.maxBytesPerShard(),
                  () -> options.throttling() ? ShardMeter.published() : ShardMeter.UNLIMITED),
              now);
      stream.tags().putAll(tags);
      stream.busy(DataStream.Status.CREATING, now + options.transition().toMillis());
      streams.put(name, stream);
      LOG.info("stream created: name={} mode={} shards={}", name, mode, shards);
    } finally {
      change.unlock();
    }
  }

  void delete(String name, boolean evenWithConsumers) {
    change.lock();
    try {
      DataStream stream = find(name);
      if (!evenWithConsumers && !stream.consumers().isEmpty()) {
        throw new KinesisError(
            KinesisError.Type.RESOURCE_IN_USE,
            "Stream %s has registered consumers: deregister them or set EnforceConsumerDeletion."
                .formatted(name));
      }
      stream.busy(DataStream.Status.DELETING, now() + options.transition().toMillis());
      if (stream.gone(now())) {
        streams.remove(name);
      }
      LOG.info("stream deleted: name={}", name);
    } finally {
      change.unlock();
    }
  }

  /** One change of a stream's shards or retention. */
  interface Change {
    void apply(DataStream stream, long nowMillis);
  }

  /**
   * Applies a change to an ACTIVE stream, which then shows UPDATING for the transition time.
   *
   * @param extraShards how many more open shards there will be
   */
  void update(String name, int extraShards, Change what) {
    change.lock();
    try {
      DataStream stream = find(name);
      long now = now();
      DataStream.Status status = stream.status(now);
      if (status != DataStream.Status.ACTIVE) {
        throw new KinesisError(
            KinesisError.Type.RESOURCE_IN_USE,
            "Stream %s under account %s not ACTIVE, instead in state %s"
                .formatted(name, options.account(), status));
      }
      requireRoomFor(extraShards);
      what.apply(stream, now);
      stream.busy(DataStream.Status.UPDATING, now + options.transition().toMillis());
    } finally {
      change.unlock();
    }
  }

  private void requireRoomFor(int more) {
    int open = openShards();
    if (more > 0 && more > options.maxShards() - open) {
      throw new KinesisError(
          KinesisError.Type.LIMIT_EXCEEDED,
          String.format(
              Locale.ROOT,
              "This request would exceed the shard limit for the account %s in %s. Current shard count for the account: %d. Limit: %d. Additional shards: %d.",
              options.account(),
              options.region(),
              open,
              options.maxShards(),
              more));
    }
  }

  int openShards() {
    return all().stream().mapToInt(stream -> stream.living(now()).open().size()).sum();
  }

  String arn(String name) {
    return "arn:aws:kinesis:%s:%s:stream/%s".formatted(options.region(), options.account(), name);
  }

  String arn(String streamName, StreamConsumer consumer) {
    return "%s/consumer/%s:%d"
        .formatted(
            arn(streamName), consumer.name(), Math.floorDiv(consumer.createdAtMillis(), 1000L));
  }
}
