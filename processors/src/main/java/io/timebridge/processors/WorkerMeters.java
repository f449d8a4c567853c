package io.timebridge.processors;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Timer;
import io.timebridge.admission.Quarantine;
import io.timebridge.deadletters.ParkedListener;
import io.timebridge.metrics.Meters;
import io.timebridge.metrics.PerValue;
import io.timebridge.ordering.Handler;
import io.timebridge.ordering.LaneCounts;
import io.timebridge.stream.StreamName;
import io.timebridge.stream.StreamRecord;
import io.timebridge.worker.KclApplication;
import io.timebridge.worker.KclListener;
import io.timebridge.worker.Lag;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/**
 * What a worker counts and measures. What the lanes count anyway is only read when somebody asks;
 * of a record, two times are taken. Thread-safe.
 */
final class WorkerMeters {
  /** Shards of a stream with a series each; with more, only the worst is told. */
  static final int MOST_SHARDS = 64;

  private final Meters meters;
  private final LongSupplier nanos;

  WorkerMeters(Meters meters, LongSupplier nanos) {
    this.meters = meters;
    this.nanos = nanos;
  }

  /** How long events took from their arrival to their effect; without those of replays. */
  Consumer<Duration> applied(StreamName stream) {
    if (!meters.isOn()) {
      return took -> {};
    }
    return meters.times(
            "record.applied",
            "From the arrival of an event at the door to its effect, where it had one and was no"
                + " replay's",
            Meters.EVENT,
            "stream",
            stream.streamName())
        ::record;
  }

  /** What {@code handler} does. */
  Handler<StreamRecord> around(StreamName stream, Handler<StreamRecord> handler) {
    if (!meters.isOn()) {
      return handler;
    }
    Timer handling =
        meters.times(
            "record.handling",
            "One attempt to handle the events of a key",
            Meters.CALL,
            "stream",
            stream.streamName());
    return (key, records) -> {
      long began = nanos.getAsLong();
      try {
        return handler.handle(key, records);
      } finally {
        handling.record(nanos.getAsLong() - began, TimeUnit.NANOSECONDS);
      }
    };
  }

  /** What the lanes of a stream hold and have done, and how far its shards are behind. */
  void application(StreamName stream, KclApplication<?> application) {
    if (!meters.isOn()) {
      return;
    }
    lanes(stream, application);
    String[] labels = {"stream", stream.streamName()};
    meters.gauge(
        "stream.behind.seconds",
        "How far the slowest shard of this worker is behind: age of its oldest unfinished record;"
            + " not a number while it has none of which that is known",
        () -> behind(application.lag()),
        labels);
    meters.gauge(
        "stream.shards", "Shards that this worker reads", () -> application.shards(), labels);
    meters.rows(
        "shard.behind.seconds",
        "As timebridge_stream_behind_seconds, of each shard; none where a worker has more than "
            + MOST_SHARDS,
        "shard",
        MOST_SHARDS,
        () -> byShard(application.lags()),
        labels);
  }

  /** How long a stream keeps its records, whoever reads it. */
  void retention(StreamName stream, Supplier<Optional<Duration>> known) {
    meters.gauge(
        "stream.retention.seconds",
        "How long the stream keeps its records, as Kinesis said within the last hour; not a number"
            + " before it has",
        () -> known.get().map(WorkerMeters::seconds).orElse(Double.NaN),
        "stream",
        stream.streamName());
  }

  /** A worker without shards knows nothing of the stream, and must not say that all is well. */
  static double behind(Optional<Lag> worst) {
    return worst.map(lag -> seconds(lag.behind())).orElse(Double.NaN);
  }

  private static Map<String, Double> byShard(List<Lag> lags) {
    Map<String, Double> byShard = new HashMap<>();
    lags.forEach(lag -> byShard.merge(lag.shard(), seconds(lag.behind()), Math::max));
    return byShard;
  }

  private void lanes(StreamName stream, KclApplication<?> application) {
    finished(stream, application, "applied", LaneCounts::applied);
    finished(stream, application, "skipped", LaneCounts::skipped);
    finished(stream, application, "parked", LaneCounts::parked);
    String[] labels = {"stream", stream.streamName()};
    meters.total(
        "records.folded",
        "Records finished together with a later one; counted in records_finished as well",
        () -> application.counts().folded(),
        labels);
    meters.total(
        "records.retried",
        "Attempts after which a record waits in its lane and is tried again",
        () -> application.counts().retried(),
        labels);
    meters.gauge("lanes.keys", "Keys with work", () -> application.counts().keys(), labels);
    meters.gauge(
        "lanes.in.flight", "Keys handled now", () -> application.counts().inFlight(), labels);
    meters.gauge(
        "lanes.held.records",
        "Records taken off the stream and not finished",
        () -> application.counts().held(),
        labels);
    meters.gauge("lanes.held.bytes", "Their size", () -> application.counts().heldBytes(), labels);
  }

  private void finished(
      StreamName stream,
      KclApplication<?> application,
      String outcome,
      ToDoubleFunction<LaneCounts> count) {
    meters.total(
        "records.finished",
        "Records taken off the stream and done with",
        () -> count.applyAsDouble(application.counts()),
        "stream",
        stream.streamName(),
        "outcome",
        outcome);
  }

  /** What KCL measures, instead of its metrics in CloudWatch. */
  KclListener kcl(StreamName stream) {
    return meters.isOn() ? new KclMeters(meters, stream.streamName()) : KclListener.NONE;
  }

  /** What must not be applied, by reason. */
  Quarantine counted(Quarantine quarantine) {
    PerValue<Quarantine.Reason, Counter> counters =
        new PerValue<>(
            Quarantine.Reason.class,
            reason ->
                meters.counter(
                    "records.quarantined",
                    "Records kept out because they must not be applied; counted as parked as well",
                    "reason",
                    reason.name().toLowerCase(Locale.ROOT)));
    return (at, reason, detail, data) -> {
      quarantine.quarantine(at, reason, detail, data);
      counters.of(reason).increment();
    };
  }

  /** What waits in the tables, of the whole deployment, as of this worker's last look. */
  ParkedListener parked() {
    return meters.isOn() ? new ParkedMeters(meters) : ParkedListener.NONE;
  }

  static double seconds(Duration duration) {
    return duration.toNanos() / 1e9;
  }
}
