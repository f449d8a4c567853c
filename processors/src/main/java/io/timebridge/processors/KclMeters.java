package io.timebridge.processors;

import io.micrometer.core.instrument.DistributionSummary;
import io.timebridge.metrics.Meters;
import io.timebridge.worker.KclListener;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * KCL's own figures of one application: number and sum of each. KCL names them; when it has named
 * {@value #MOST}, all further ones are counted together. Thread-safe.
 */
final class KclMeters implements KclListener {
  /** About twice as many as KCL 3.5.1 has. */
  static final int MOST = 150;

  private static final String OTHER = "other";

  private record Name(String operation, String measure, Unit unit) {}

  private final Meters meters;
  private final String stream;
  private final Map<Name, DistributionSummary> summaries = new ConcurrentHashMap<>();

  KclMeters(Meters meters, String stream) {
    this.meters = meters;
    this.stream = stream;
  }

  @Override
  public void measured(String operation, String measure, Unit unit, double value) {
    Name name = new Name(operation, measure, unit);
    DistributionSummary known = summaries.get(name);
    if (known == null) {
      Name kept = summaries.size() < MOST ? name : new Name(OTHER, OTHER, unit);
      known = summaries.computeIfAbsent(kept, this::summary);
    }
    known.record(value);
  }

  private DistributionSummary summary(Name name) {
    String[] labels = {"stream", stream, "operation", name.operation(), "measure", name.measure()};
    return switch (name.unit()) {
      case SECONDS -> meters.amounts("kcl.time", "What KCL measures in time", "seconds", labels);
      case BYTES -> meters.amounts("kcl.size", "What KCL measures in bytes", "bytes", labels);
      case COUNT -> meters.amounts("kcl.amount", "What KCL counts", "", labels);
    };
  }
}
