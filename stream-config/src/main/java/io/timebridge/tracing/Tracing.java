package io.timebridge.tracing;

import io.timebridge.services.gate.CallWatch;
import io.timebridge.settings.Settings;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Traces what one process does, and sends it by OTLP over HTTP where the setting {@code
 * tracing.otlp-endpoint} names a collector; else nothing is traced, no thread runs, and the trace
 * that a webhook came with is passed on as it is.
 *
 * <p>A trace goes from process to process in W3C's form ({@code traceparent}, version 00). What a
 * sampler before us left out is left out here. At most 2,048 finished spans wait to be sent; more
 * are dropped, and so are those that the collector does not take. Neither payloads nor notes are in
 * a span. Thread-safe.
 */
public interface Tracing extends AutoCloseable {
  /** Traces nothing. */
  Tracing OFF = new NoTracing();

  /**
   * As the settings want it.
   *
   * @param process its name: {@code worker}
   */
  static Tracing start(Settings.Tracing settings, String process) {
    return settings
        .otlpEndpoint()
        .<Tracing>map(endpoint -> OpenTelemetryTracing.start(endpoint, process))
        .orElse(OFF);
  }

  /** A piece of work, on the thread that began it, until it is closed there. */
  interface Piece extends AutoCloseable {
    /** What to give to the next process; null = no trace. */
    @Nullable String traceparent();

    /** How it ended, in one word. */
    void outcome(String outcome, boolean failed);

    @Override
    void close();
  }

  /**
   * A request has come in.
   *
   * @param name one of few
   * @param parent the {@code traceparent} that it came with, or null
   */
  Piece request(String name, @Nullable String parent);

  /**
   * Events of a stream are worked off.
   *
   * @param name one of few
   * @param parent trace of the last of them, or null
   * @param carried traces of the others, which it carries
   * @param key of the events
   * @param sequence of the last of them
   */
  Piece events(
      String name, @Nullable String parent, List<String> carried, String key, String sequence);

  /** Traces the calls to a service that are part of such work, and sends the trace with them. */
  CallWatch calls(String service);

  /** Sends what has not been sent yet, for at most five seconds. */
  @Override
  void close();
}
