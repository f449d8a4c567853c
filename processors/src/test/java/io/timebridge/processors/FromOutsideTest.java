package io.timebridge.processors;

import static org.assertj.core.api.Assertions.assertThat;

import io.timebridge.failure.StoreTrouble;
import io.timebridge.lag.aws.UnownedShards.Seen;
import io.timebridge.lag.aws.UnownedShards.Unowned;
import io.timebridge.stream.StreamName;
import io.timebridge.worker.Lag;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The workers of a stream are all dead, and the worker of another one looks. */
class FromOutsideTest {
  private static final String BEHIND = "Stream p-timesheet-events is 20 min behind";
  private static final String OVER = "Over: stream p-timesheet-events is behind";

  private final FleetAlerts alerts = new FleetAlerts();
  private FromOutside.Unowned now = () -> new Seen(Optional.empty(), "");
  private long seconds;
  private final LagWatch watch =
      new LagWatch(
          StreamName.TIMESHEET_EVENTS,
          "p-timesheet-events",
          new FromOutside("p-timesheet-events", () -> now.look()),
          Optional::empty,
          Duration.ofMinutes(15),
          alerts,
          () -> Duration.ofSeconds(seconds).toNanos());

  private void pass(Duration time) throws Exception {
    for (long end = seconds + time.toSeconds(); seconds < end; ) {
      seconds += LagWatch.LOOK_EVERY.toSeconds();
      watch.look();
    }
  }

  private void sees(Duration behind, String unseen) {
    Optional<Unowned> worst = Optional.of(new Unowned("s-1", behind));
    now = () -> new Seen(worst, unseen);
  }

  private void raise() throws Exception {
    sees(Duration.ofMinutes(20), "");
    pass(Duration.ofMinutes(1));
    assertThat(alerts.sent).containsExactly(BEHIND);
  }

  @Test
  void is_not_over_while_the_stream_cannot_be_read() throws Exception {
    raise();
    now = () -> new Seen(Optional.empty(), "s-1, throttled by Kinesis");
    pass(Duration.ofHours(1));
    sees(Duration.ZERO, "s-1, throttled by Kinesis");
    pass(Duration.ofHours(1));
    assertThat(alerts.sent).containsExactly(BEHIND);
    sees(Duration.ZERO, "");
    pass(Duration.ofMinutes(4));
    assertThat(alerts.sent).containsExactly(BEHIND, OVER);
  }

  @Test
  void is_not_over_while_nothing_can_be_asked() throws Exception {
    raise();
    now =
        () -> {
          throw new StoreTrouble("planted", new IllegalStateException("planted"));
        };
    pass(Duration.ofHours(1));
    assertThat(alerts.sent).containsExactly(BEHIND);
    now = () -> new Seen(Optional.empty(), "");
    pass(Duration.ofMinutes(4));
    assertThat(alerts.sent).as("workers have come").containsExactly(BEHIND, OVER);
  }

  @Test
  void is_not_over_for_what_others_told_of_before_this_one_could_see() throws Exception {
    raise();
    LagWatch other =
        new LagWatch(
            StreamName.TIMESHEET_EVENTS,
            "p-timesheet-events",
            new FromOutside(
                "p-timesheet-events", () -> new Seen(Optional.empty(), "whether workers live")),
            Optional::empty,
            Duration.ofMinutes(15),
            alerts,
            () -> Duration.ofSeconds(seconds).toNanos());
    for (int look = 0; look < 240; look++) {
      seconds += LagWatch.LOOK_EVERY.toSeconds();
      other.look();
    }
    assertThat(alerts.sent).containsExactly(BEHIND);
  }

  @Test
  void goes_on_by_what_was_known_last_until_all_can_be_seen_or_worse_is_seen() {
    FromOutside outside = new FromOutside("p-timesheet-events", () -> now.look());
    sees(Duration.ofMinutes(20), "");
    assertThat(outside.get()).isEqualTo(sight(20, true));
    now = () -> new Seen(Optional.empty(), "s-1, throttled by Kinesis");
    assertThat(outside.get()).isEqualTo(sight(20, false));
    sees(Duration.ofMinutes(3), "s-2, throttled by Kinesis");
    assertThat(outside.get()).isEqualTo(sight(20, false));
    sees(Duration.ofMinutes(30), "s-2, throttled by Kinesis");
    assertThat(outside.get()).isEqualTo(sight(30, false));
    sees(Duration.ofMinutes(3), "");
    assertThat(outside.get()).isEqualTo(sight(3, true));
  }

  private static LagWatch.Sight sight(long minutes, boolean sure) {
    return new LagWatch.Sight(
        Optional.of(new Lag("s-1", Duration.ofMinutes(minutes), false)), sure);
  }

  @Test
  void is_told_when_what_could_be_seen_is_bad_enough() throws Exception {
    sees(Duration.ofMinutes(20), "s-2, throttled by Kinesis");
    pass(Duration.ofMinutes(1));
    assertThat(alerts.sent).containsExactly(BEHIND);
  }
}
