package io.timebridge.processors;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.timebridge.settings.Settings;
import io.timebridge.stream.Names;
import io.timebridge.timesheet.dynamodb.EntryCleanup;
import io.timebridge.turn.Turn;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** A stream that keeps records for longer than rows may be old. */
class CleanupRetentionTest {
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
  private final Logger log = (Logger) LoggerFactory.getLogger(CleanupSchedule.class);
  private Instant now = Instant.parse("2026-07-03T10:00:00Z");

  @BeforeEach
  void listen() {
    lines.start();
    log.addAppender(lines);
  }

  @AfterEach
  void leave() {
    log.detachAppender(lines);
  }

  /** A table that nobody may touch. */
  private static final class NoTable implements DynamoDbClient {
    @Override
    public String serviceName() {
      return SERVICE_NAME;
    }

    @Override
    public void close() {}
  }

  @Test
  void is_warned_of_once_a_day() throws Exception {
    CleanupSchedule schedule =
        new CleanupSchedule(
            new EntryCleanup(new NoTable(), new Names("p-"), () -> now),
            Turn.always(),
            () -> Duration.ofDays(365),
            new Settings.Cleanup(Duration.ofDays(45), Duration.ofDays(45)),
            () -> now,
            time -> {});
    for (Instant end = now.plus(Duration.ofHours(47)); now.isBefore(end); ) {
      schedule.runIfDue();
      now = now.plus(CleanupSchedule.LOOK_EVERY);
    }
    assertThat(lines.list).hasSize(2).extracting(ILoggingEvent::getLevel).containsOnly(Level.WARN);
    assertThat(lines.list.getFirst().getFormattedMessage())
        .startsWith(
            "no cleanup: cleanup.older-than is 45 days, and the stream keeps records for 365");
  }
}
