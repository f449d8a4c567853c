package io.timebridge.tracing;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.timebridge.services.gate.CallWatch;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Traces by OpenTelemetry's SDK. */
final class OpenTelemetryTracing implements Tracing {
  private static final Duration SEND_EVERY = Duration.ofSeconds(1);
  private static final Duration SEND_WITHIN = Duration.ofSeconds(5);
  private static final AttributeKey<String> OUTCOME = AttributeKey.stringKey("timebridge.outcome");
  private static final AttributeKey<String> CALL = AttributeKey.stringKey("timebridge.call");
  private static final AttributeKey<String> KEY = AttributeKey.stringKey("timebridge.key");
  private static final AttributeKey<String> SEQUENCE =
      AttributeKey.stringKey("timebridge.sequence");

  private final SdkTracerProvider provider;
  private final Tracer tracer;

  private OpenTelemetryTracing(SdkTracerProvider provider) {
    this.provider = provider;
    this.tracer = provider.get("io.timebridge");
  }

  static OpenTelemetryTracing start(URI endpoint, String process) {
    OtlpHttpSpanExporter exporter =
        OtlpHttpSpanExporter.builder()
            .setEndpoint(endpoint + "/v1/traces")
            .setTimeout(SEND_WITHIN)
            .build();
    return new OpenTelemetryTracing(
        SdkTracerProvider.builder()
            .setResource(
                Resource.getDefault()
                    .merge(
                        Resource.create(
                            Attributes.of(
                                AttributeKey.stringKey("service.name"), "timebridge-" + process))))
            .addSpanProcessor(
                BatchSpanProcessor.builder(exporter)
                    .setScheduleDelay(SEND_EVERY)
                    .setExporterTimeout(SEND_WITHIN)
                    .build())
            .build());
  }

  @Override
  public Piece request(String name, @Nullable String parent) {
    return piece(builder(name, parent).setSpanKind(SpanKind.SERVER));
  }

  @Override
  public Piece events(
      String name, @Nullable String parent, List<String> carried, String key, String sequence) {
    SpanBuilder span =
        builder(name, parent)
            .setSpanKind(SpanKind.CONSUMER)
            .setAttribute(KEY, key)
            .setAttribute(SEQUENCE, sequence);
    carried.forEach(trace -> Traceparent.read(trace).ifPresent(span::addLink));
    return piece(span);
  }

  /** Of a span whose parent, if it has one, is in another process. */
  private SpanBuilder builder(String name, @Nullable String parent) {
    Optional<SpanContext> remote = Traceparent.read(parent);
    Context context = remote.map(it -> Context.root().with(Span.wrap(it))).orElseGet(Context::root);
    return tracer.spanBuilder(name).setParent(context);
  }

  @SuppressWarnings("MustBeClosedChecker") // closed by the piece, on the same thread
  private static Piece piece(SpanBuilder builder) {
    Span span = builder.startSpan();
    return new Current(span, span.makeCurrent());
  }

  private record Current(Span span, Scope scope) implements Piece {
    @Override
    public @Nullable String traceparent() {
      return Traceparent.write(span.getSpanContext());
    }

    @Override
    public void outcome(String outcome, boolean failed) {
      ended(span, outcome, failed);
    }

    @Override
    public void close() {
      scope.close();
      span.end();
    }
  }

  private static void ended(Span span, String outcome, boolean failed) {
    span.setAttribute(OUTCOME, outcome);
    if (failed) {
      span.setStatus(StatusCode.ERROR);
    }
  }

  @Override
  public CallWatch calls(String service) {
    return new Calls(service);
  }

  private final class Calls implements CallWatch {
    private final String service;

    Calls(String service) {
      this.service = service;
    }

    @Override
    @SuppressWarnings("MustBeClosedChecker") // closed when the call has ended, on the same thread
    public Call begins(String what) {
      if (!Span.current().getSpanContext().isValid()) {
        return (end, nanos) -> {}; // nobody's event
      }
      Span span =
          tracer
              .spanBuilder(service)
              .setSpanKind(SpanKind.CLIENT)
              .setAttribute(CALL, what)
              .startSpan();
      Scope scope = span.makeCurrent();
      return (end, nanos) -> {
        ended(span, end.name().toLowerCase(Locale.ROOT), end != End.ANSWERED);
        scope.close();
        span.end();
      };
    }

    @Override
    public Map<String, String> headers() {
      SpanContext span = Span.current().getSpanContext();
      return span.isValid() ? Map.of(Traceparent.HEADER, Traceparent.write(span)) : Map.of();
    }
  }

  @Override
  public void close() {
    provider.shutdown().join(SEND_WITHIN.toSeconds(), TimeUnit.SECONDS);
  }
}
