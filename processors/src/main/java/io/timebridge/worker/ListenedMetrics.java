package io.timebridge.worker;

import io.timebridge.worker.KclListener.Unit;
import software.amazon.awssdk.services.cloudwatch.model.StandardUnit;
import software.amazon.kinesis.metrics.MetricsFactory;
import software.amazon.kinesis.metrics.MetricsLevel;
import software.amazon.kinesis.metrics.MetricsScope;

/**
 * Hands what KCL measures to a listener. Of KCL's dimensions only the operation is kept: shards and
 * workers are many, and come and go. Thread-safe; a scope is one thread's.
 */
final class ListenedMetrics implements MetricsFactory {
  private static final String OPERATION = "Operation";
  private static final double MILLIS = 1e-3;
  private static final double MICROS = 1e-6;

  private final KclListener listener;

  ListenedMetrics(KclListener listener) {
    this.listener = listener;
  }

  @Override
  public MetricsScope createMetrics() {
    return new Scope();
  }

  private final class Scope implements MetricsScope {
    private String operation = "none";

    @Override
    public void addData(String name, double value, StandardUnit unit) {
      switch (unit) {
        case SECONDS -> listener.measured(operation, name, Unit.SECONDS, value);
        case MILLISECONDS -> listener.measured(operation, name, Unit.SECONDS, value * MILLIS);
        case MICROSECONDS -> listener.measured(operation, name, Unit.SECONDS, value * MICROS);
        case BYTES -> listener.measured(operation, name, Unit.BYTES, value);
        default -> listener.measured(operation, name, Unit.COUNT, value);
      }
    }

    @Override
    public void addData(String name, double value, StandardUnit unit, MetricsLevel level) {
      addData(name, value, unit);
    }

    @Override
    public void addDimension(String name, String value) {
      if (name.equals(OPERATION)) {
        operation = value;
      }
    }

    @Override
    public void end() {}
  }
}
