package io.timebridge.logs;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.OutputStreamAppender;
import io.timebridge.settings.Settings;
import io.timebridge.stream.Envelope;
import java.util.Iterator;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.slf4j.bridge.SLF4JBridgeHandler;

/** The log of this process, and the fields that its lines carry. */
public final class Logs {
  /** Of an event: what orders it. */
  public static final String KEY = "key";

  /** Of an event: its number in the stream. */
  public static final String SEQUENCE = "sequence";

  /** Of an event: the stream, without a deployment's prefix. */
  public static final String STREAM = "stream";

  /** The trace that a line belongs to: 32 hexadecimal digits. */
  public static final String TRACE_ID = "trace_id";

  private static final Logger LOG = LoggerFactory.getLogger(Logs.class);
  private static final Pattern TRACE = Pattern.compile(Envelope.TRACE_PATTERN);
  private static final int TRACE_ID_FROM = 3;
  private static final int TRACE_ID_TO = 35;

  private Logs() {}

  /** What was there before, to be put back. */
  @FunctionalInterface
  public interface Fields extends AutoCloseable {
    @Override
    void close();
  }

  /** Every further line of every logger, as the settings want it. */
  public static void write(Settings.Log.Format format) {
    if (!(LoggerFactory.getILoggerFactory() instanceof LoggerContext context)) {
      return; // another backend writes as it is told elsewhere
    }
    Iterator<Appender<ILoggingEvent>> appenders =
        context.getLogger(Logger.ROOT_LOGGER_NAME).iteratorForAppenders();
    while (appenders.hasNext()) {
      if (appenders.next() instanceof OutputStreamAppender<ILoggingEvent> stream
          && stream.getEncoder() instanceof LineEncoder lines) {
        lines.setJson(format == Settings.Log.Format.JSON);
      }
    }
  }

  /**
   * Everything that is said in this process goes into its log: what libraries tell
   * java.util.logging, and what ends a thread.
   */
  public static void takeEverything() {
    SLF4JBridgeHandler.removeHandlersForRootLogger();
    SLF4JBridgeHandler.install();
    Thread.setDefaultUncaughtExceptionHandler(
        (thread, defect) -> LOG.error("thread {} has ended", thread.getName(), defect));
  }

  /**
   * Puts fields, those that are not empty, on every line that this thread logs until what is
   * returned is closed, on the same thread.
   */
  public static Fields with(Map<String, String> fields) {
    Map<String, String> before = MDC.getCopyOfContextMap();
    fields.forEach((name, value) -> {
      if (!value.isEmpty()) {
        MDC.put(name, value);
      }
    });
    return () -> {
      if (before == null || before.isEmpty()) {
        MDC.clear();
      } else {
        MDC.setContextMap(before);
      }
    };
  }

  /** The trace id in a W3C {@code traceparent} of version 00; empty for anything else. */
  public static String traceId(@Nullable String trace) {
    return trace != null && TRACE.matcher(trace).matches()
        ? trace.substring(TRACE_ID_FROM, TRACE_ID_TO)
        : "";
  }
}
