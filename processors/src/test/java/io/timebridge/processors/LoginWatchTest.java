package io.timebridge.processors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.timebridge.alerts.Alerts;
import io.timebridge.services.second.LastLogin;
import io.timebridge.services.second.LoginWatch;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Processes whose logins SecondService refuses and accepts, each by itself. */
class LoginWatchTest {
  private static final String REFUSED = "SecondService does not accept the login";
  private static final String OVER = "SecondService accepts the login again";
  private static final Duration QUIET = Duration.ofMinutes(3);

  private final FleetAlerts alerts = new FleetAlerts();
  private long seconds;

  private final class Caller {
    private LastLogin last = new LastLogin(0, false);
    private final LoginWatch watch =
        new LoginWatch(() -> last, alerts, QUIET, () -> Duration.ofSeconds(seconds).toNanos());

    void logsIn(boolean accepted) {
      last = new LastLogin(last.number() + 1, accepted);
    }
  }

  private final Caller poller = new Caller();
  private final Caller worker = new Caller();

  private void pass(Duration time, Caller... processes) throws Exception {
    for (long end = seconds + time.toSeconds(); seconds < end; ) {
      seconds += 5;
      for (Caller process : processes) {
        process.watch.look();
      }
    }
  }

  private void pass(Duration time) throws Exception {
    pass(time, poller, worker);
  }

  @Test
  void says_nothing_while_logins_are_accepted() throws Exception {
    pass(Duration.ofMinutes(1));
    poller.logsIn(true);
    worker.logsIn(true);
    pass(Duration.ofMinutes(10));
    assertThat(alerts.sent).isEmpty();
  }

  @Test
  void tells_once_of_a_login_that_all_are_refused_and_once_that_it_is_accepted() throws Exception {
    poller.logsIn(true);
    worker.logsIn(true);
    for (int minute = 0; minute < 30; minute++) {
      pass(Duration.ofMinutes(1));
      poller.logsIn(false);
      worker.logsIn(false);
    }
    pass(Duration.ofMinutes(1));
    assertThat(alerts.sent).containsExactly(REFUSED);
    poller.logsIn(true);
    worker.logsIn(true);
    pass(Duration.ofMinutes(2));
    assertThat(alerts.sent).as("not before a while").containsExactly(REFUSED);
    pass(Duration.ofMinutes(2));
    assertThat(alerts.sent).containsExactly(REFUSED, OVER);
    poller.logsIn(false);
    pass(Duration.ofMinutes(1));
    assertThat(alerts.sent).containsExactly(REFUSED, OVER, REFUSED);
  }

  @Test
  void a_session_from_before_ends_nothing() throws Exception {
    worker.logsIn(true);
    pass(Duration.ofMinutes(1));
    poller.logsIn(false);
    pass(Duration.ofMinutes(1));
    pass(Duration.ofHours(2), worker); // the poller is dead, and nobody logs in
    assertThat(alerts.sent).containsExactly(REFUSED);
  }

  @Test
  void is_not_over_while_a_process_with_the_old_password_is_still_refused() throws Exception {
    poller.logsIn(false);
    worker.logsIn(false);
    pass(Duration.ofMinutes(1));
    Caller restarted = new Caller();
    restarted.logsIn(true);
    for (int minute = 0; minute < 60; minute += 2) {
      worker.logsIn(false);
      pass(Duration.ofMinutes(2), restarted, worker);
    }
    assertThat(alerts.sent).containsExactly(REFUSED);
    pass(Duration.ofMinutes(4), restarted); // the other one is stopped for good
    assertThat(alerts.sent).containsExactly(REFUSED, OVER);
  }

  @Test
  void an_idle_process_that_was_refused_holds_nothing_up() throws Exception {
    poller.logsIn(false);
    worker.logsIn(false);
    pass(Duration.ofMinutes(1));
    poller.logsIn(true); // the password was put right in SecondService
    pass(Duration.ofMinutes(4));
    assertThat(alerts.sent).containsExactly(REFUSED, OVER);
  }

  @Test
  void tells_at_a_later_look_what_could_not_be_told() throws Exception {
    poller.logsIn(false);
    alerts.broken = true;
    assertThatThrownBy(poller.watch::look).isInstanceOf(Alerts.NotTold.class);
    alerts.broken = false;
    pass(Duration.ofSeconds(5));
    assertThat(alerts.sent).containsExactly(REFUSED);
    poller.logsIn(true);
    alerts.broken = true;
    assertThatThrownBy(poller.watch::look).isInstanceOf(Alerts.NotTold.class);
    alerts.broken = false;
    pass(Duration.ofMinutes(4));
    assertThat(alerts.sent).containsExactly(REFUSED, OVER);
  }
}
