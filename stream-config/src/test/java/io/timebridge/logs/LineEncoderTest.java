package io.timebridge.logs;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class LineEncoderTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String FORGED =
      "fine\n10:00:00.000 ERROR Forged all is lost\r\n{\"level\":\"ERROR\"}";

  private final LoggerContext context = new LoggerContext();
  private final Logger log = context.getLogger("io.timebridge.Somebody");
  private final LineEncoder encoder = new LineEncoder();

  @Test
  void a_line_of_json_has_the_message_and_the_fields_of_its_event() {
    JsonNode line =
        json(l -> {
          try (Logs.Fields _ = Logs.with(Map.of(Logs.KEY, "12", Logs.TRACE_ID, "ab"))) {
            l.atInfo().addKeyValue("sequence", "49").log("entry={} {}", 12, "Applied");
          }
        });
    assertThat(line.path("level").asString()).isEqualTo("INFO");
    assertThat(line.path("loggerName").asString()).isEqualTo("io.timebridge.Somebody");
    assertThat(line.path("formattedMessage").asString()).isEqualTo("entry=12 Applied");
    assertThat(line.path("key").asString()).isEqualTo("12");
    assertThat(line.path("sequence").asString()).isEqualTo("49");
    assertThat(line.path("trace_id").asString()).isEqualTo("ab");
    assertThat(line.path("timestamp").isNumber()).isTrue();
  }

  @Test
  void nothing_that_is_logged_begins_another_line_of_json() {
    String everyControl =
        IntStream.range(0, 0x20).mapToObj(Character::toString).reduce("", String::concat);
    JsonNode line =
        json(l -> {
          try (Logs.Fields _ = Logs.with(Map.of(Logs.KEY, FORGED + everyControl + "\"\\"))) {
            l.error(FORGED, new IllegalStateException(FORGED, new RuntimeException(FORGED)));
          }
        });
    assertThat(line.path("level").asString()).isEqualTo("ERROR");
    assertThat(line.path("formattedMessage").asString()).isEqualTo(FORGED);
    assertThat(line.path("key").asString()).isEqualTo(FORGED + everyControl + "\"\\");
    assertThat(line.path("throwable").path("message").asString()).isEqualTo(FORGED);
    assertThat(line.path("throwable").path("cause").path("message").asString()).isEqualTo(FORGED);
  }

  @Test
  void nothing_that_is_logged_begins_another_line_of_text() {
    String text =
        encoded(
            "text",
            l -> l.error(FORGED, new IllegalStateException(FORGED, new RuntimeException(FORGED))));
    List<String> lines = text.lines().toList();
    assertThat(lines.getFirst())
        .matches("\\d\\d:\\d\\d:\\d\\d\\.\\d{3} ERROR Somebody fine 10:00:00.*");
    assertThat(lines.get(1)).startsWith("java.lang.IllegalStateException: fine 10:00");
    assertThat(lines.subList(2, lines.size()))
        .isNotEmpty()
        .allMatch(line -> line.startsWith("\t") || line.startsWith("Caused by: "))
        .anyMatch(line -> line.startsWith("\tat "))
        .anyMatch(line -> line.startsWith("Caused by: java.lang.RuntimeException: fine 10:00"));
  }

  @Test
  void fields_go_with_their_block_and_those_around_it_come_back() {
    try (Logs.Fields _ = Logs.with(Map.of(Logs.STREAM, "s", Logs.KEY, "outer"))) {
      try (Logs.Fields _ = Logs.with(Map.of(Logs.KEY, "inner"))) {
        assertThat(MDC.getCopyOfContextMap())
            .isEqualTo(Map.of(Logs.STREAM, "s", Logs.KEY, "inner"));
      }
      assertThat(MDC.getCopyOfContextMap()).isEqualTo(Map.of(Logs.STREAM, "s", Logs.KEY, "outer"));
    }
    assertThat(MDC.getCopyOfContextMap()).isNullOrEmpty();
  }

  private JsonNode json(Consumer<Logger> logging) {
    String line = encoded("json", logging);
    assertThat(line).endsWith("\n").satisfies(l -> assertThat(l.lines()).hasSize(1));
    return JSON.readTree(line);
  }

  private String encoded(String format, Consumer<Logger> logging) {
    ListAppender<ILoggingEvent> events =
        new ListAppender<>() {
          @Override
          protected void append(ILoggingEvent event) {
            event.prepareForDeferredProcessing();
            super.append(event);
          }
        };
    context.setMDCAdapter(((LoggerContext) LoggerFactory.getILoggerFactory()).getMDCAdapter());
    events.start();
    log.setLevel(Level.INFO);
    log.addAppender(events);
    encoder.setContext(context);
    encoder.setFormat(format);
    encoder.start();
    logging.accept(log);
    log.detachAppender(events);
    assertThat(events.list).hasSize(1);
    ILoggingEvent event = events.list.getFirst();
    return new String(encoder.encode(event), StandardCharsets.UTF_8);
  }
}
