package io.timebridge.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.timebridge.process.CannotStart;
import io.timebridge.settings.Settings;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The metrics of one process, served as {@code GET /metrics} in Prometheus' text form where the
 * setting {@code metrics.port} names a port; else every meter counts nothing and no thread runs.
 *
 * <p>Names are dotted here and written with underscores there, below {@code timebridge_}: {@code
 * _total} for what is counted, seconds and bytes for what is measured. Labels have few values,
 * known when the program is written; keys, ids and paths never are one. Where values come from
 * outside (shards), {@link #rows} bounds them.
 *
 * <p>Thread-safe. Meters are made while the process starts, and kept by who uses them.
 */
public final class Meters implements AutoCloseable {
  /** Of calls and requests: 5 ms to 30 s. */
  public static final List<Duration> CALL =
      millis(5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000);

  /** Of what a webhook waits for: 1 ms to 10 s. */
  public static final List<Duration> REQUEST =
      millis(1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000);

  /** From the arrival of an event to its effect: 50 ms to a day. */
  public static final List<Duration> EVENT =
      millis(
          50,
          100,
          250,
          500,
          1_000,
          2_500,
          5_000,
          10_000,
          30_000,
          60_000,
          300_000,
          900_000,
          3_600_000,
          21_600_000,
          86_400_000);

  private static final Logger LOG = LoggerFactory.getLogger(Meters.class);

  private final MeterRegistry registry;
  private final Optional<PrometheusMeterRegistry> prometheus;
  private final List<Runnable> beforeScrapes = new CopyOnWriteArrayList<>();

  /** A registry holds what it asks only weakly. */
  private final List<DoubleSupplier> asked = new CopyOnWriteArrayList<>();

  private final ReentrantLock scraping = new ReentrantLock();
  private final Deque<AutoCloseable> toClose = new ArrayDeque<>();
  private Optional<URI> address = Optional.empty();

  private Meters(Optional<PrometheusMeterRegistry> prometheus) {
    this.prometheus = prometheus;
    this.registry = prometheus.<MeterRegistry>map(r -> r).orElseGet(CompositeMeterRegistry::new);
  }

  /** Meters that count nothing. */
  public static Meters off() {
    return new Meters(Optional.empty());
  }

  /**
   * The meters of a process, served where the settings say so; with those of its JVM.
   *
   * @param process its name: {@code worker}
   * @throws CannotStart when the port cannot be listened on
   */
  public static Meters start(Settings.Metrics settings, String process) {
    if (settings.port().isEmpty()) {
      return off();
    }
    Meters meters = new Meters(Optional.of(new PrometheusMeterRegistry(PrometheusConfig.DEFAULT)));
    meters.toClose.push(JvmMeters.bind(meters.registry));
    meters.gauge(
        "process.info", "1; the label says which process this is", () -> 1, "process", process);
    try {
      MetricsEndpoint endpoint =
          MetricsEndpoint.start(settings.host(), settings.port().get(), meters::scrape);
      meters.toClose.push(endpoint);
      meters.address = Optional.of(endpoint.address());
    } catch (IOException | IllegalArgumentException taken) {
      meters.close();
      throw new CannotStart(
          "cannot listen on %s:%d (metrics.host, metrics.port): %s; choose another port, or none"
              .formatted(settings.host(), settings.port().get(), taken.getMessage()));
    }
    LOG.info("metrics address={}", meters.address.get());
    return meters;
  }

  /** Whether anything is counted. */
  public boolean isOn() {
    return prometheus.isPresent();
  }

  /** Where they are served. */
  public Optional<URI> address() {
    return address;
  }

  /**
   * Something counted here.
   *
   * @param name {@code alerts.told}, which becomes {@code timebridge_alerts_told_total}
   * @param labels name and value in turn
   */
  public Counter counter(String name, String help, String... labels) {
    return Counter.builder(full(name)).description(help).tags(labels).register(registry);
  }

  /** Something counted elsewhere, asked for at each scrape. It never falls. */
  public void total(String name, String help, DoubleSupplier count, String... labels) {
    FunctionCounter.builder(full(name), kept(count), DoubleSupplier::getAsDouble)
        .description(help)
        .tags(labels)
        .register(registry);
  }

  /** A state, asked for at each scrape. */
  public void gauge(String name, String help, DoubleSupplier state, String... labels) {
    Gauge.builder(full(name), state::getAsDouble).description(help).tags(labels).register(registry);
  }

  /**
   * Times, as a histogram.
   *
   * @param name without its unit: {@code service.call} becomes {@code
   *     timebridge_service_call_seconds}
   * @param buckets upper bounds; {@link #CALL}, {@link #REQUEST} or {@link #EVENT}
   */
  public Timer times(String name, String help, List<Duration> buckets, String... labels) {
    return Timer.builder(full(name))
        .description(help)
        .tags(labels)
        .serviceLevelObjectives(buckets.toArray(Duration[]::new))
        .register(registry);
  }

  /**
   * Amounts, as their number and sum.
   *
   * @param unit {@code bytes}; empty = pieces
   */
  public DistributionSummary amounts(String name, String help, String unit, String... labels) {
    DistributionSummary.Builder amounts =
        DistributionSummary.builder(full(name)).description(help).tags(labels);
    return (unit.isEmpty() ? amounts : amounts.baseUnit(unit)).register(registry);
  }

  /**
   * States of things that come and go, asked for at each scrape: one series each, and none at all
   * when there are more than {@code most}.
   *
   * @param label whose values the keys are
   * @param labels of all of them
   */
  public void rows(
      String name,
      String help,
      String label,
      int most,
      Supplier<Map<String, Double>> states,
      String... labels) {
    MultiGauge gauge =
        MultiGauge.builder(full(name)).description(help).tags(labels).register(registry);
    beforeScrapes.add(() -> {
      Map<String, Double> now = states.get();
      gauge.register(
          now.size() > most
              ? List.of()
              : now.entrySet().stream()
                  .map(row -> MultiGauge.Row.of(Tags.of(label, row.getKey()), row.getValue()))
                  .toList(),
          true);
    });
  }

  private static String full(String name) {
    return "timebridge." + name;
  }

  private DoubleSupplier kept(DoubleSupplier supplier) {
    asked.add(supplier);
    return supplier;
  }

  /** What Prometheus gets; nothing when off. One at a time. */
  String scrape() {
    scraping.lock();
    try {
      beforeScrapes.forEach(Runnable::run);
      return prometheus.map(PrometheusMeterRegistry::scrape).orElse("");
    } finally {
      scraping.unlock();
    }
  }

  /** Stops serving. */
  @Override
  public void close() {
    for (AutoCloseable part : toClose) {
      try {
        part.close();
      } catch (Exception e) { // the edge of the process: the others still have to be closed
        LOG.warn("{} did not close cleanly", part.getClass().getSimpleName(), e);
      }
    }
    registry.close();
  }

  private static List<Duration> millis(long... bounds) {
    return Arrays.stream(bounds).mapToObj(Duration::ofMillis).toList();
  }
}
