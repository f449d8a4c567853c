package io.timebridge.tracing;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.trace.SpanContext;
import io.timebridge.services.gate.CallWatch;
import io.timebridge.settings.Settings;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TraceparentTest {
  private static final String WHOLE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

  @Test
  void is_read_as_it_is_written() {
    SpanContext span = Traceparent.read(WHOLE).orElseThrow();
    assertThat(span.getTraceId()).isEqualTo("0af7651916cd43dd8448eb211c80319c");
    assertThat(span.getSpanId()).isEqualTo("b7ad6b7169203331");
    assertThat(span.isSampled()).isTrue();
    assertThat(Traceparent.write(span)).isEqualTo(WHOLE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "x",
        "01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "00-00000000000000000000000000000000-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\n"
      })
  void is_none_when_it_is_not_whole(String text) {
    assertThat(Traceparent.read(text)).isEmpty();
  }

  @Test
  void tracing_that_is_off_passes_a_trace_on_and_adds_nothing() {
    Tracing off = Tracing.start(new Settings.Tracing(Optional.empty()), "worker");
    assertThat(off).isSameAs(Tracing.OFF);
    assertThat(off.calls("service")).isSameAs(CallWatch.NONE);
    try (Tracing.Piece piece = off.request("POST /x", WHOLE)) {
      assertThat(piece.traceparent()).isEqualTo(WHOLE);
      assertThat(off.calls("service").headers()).isEmpty();
    }
    try (Tracing.Piece piece = off.events("apply", WHOLE, List.of(), "1", "2")) {
      assertThat(piece.traceparent()).isNull();
    }
  }
}
