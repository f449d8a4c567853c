package io.timebridge.tracing;

import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.timebridge.stream.Envelope;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** W3C's text form of a place in a trace, version 00. */
final class Traceparent {
  static final String HEADER = Envelope.TRACE_HEADER;

  private static final Pattern PATTERN = Pattern.compile(Envelope.TRACE_PATTERN);
  private static final int TRACE = 3;
  private static final int SPAN = 36;
  private static final int FLAGS = 53;

  private Traceparent() {}

  /** Empty for none, and for what is none. */
  static Optional<SpanContext> read(@Nullable String text) {
    if (text == null || !PATTERN.matcher(text).matches()) {
      return Optional.empty();
    }
    return Optional.of(
        SpanContext.createFromRemoteParent(
            text.substring(TRACE, SPAN - 1),
            text.substring(SPAN, FLAGS - 1),
            TraceFlags.fromHex(text, FLAGS),
            TraceState.getDefault()));
  }

  static String write(SpanContext span) {
    return "00-%s-%s-%s"
        .formatted(span.getTraceId(), span.getSpanId(), span.getTraceFlags().asHex());
  }
}
