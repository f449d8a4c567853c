package io.timebridge.services.second;

import io.timebridge.alerts.Alert;
import io.timebridge.alerts.Alerts;
import io.timebridge.alerts.Looks;
import io.timebridge.alerts.SharedProblem;
import io.timebridge.settings.Settings;
import java.time.Duration;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Tells people when SecondService does not accept Timebridge's login, and when it does again. It
 * does not when a login of this process was refused, for who we say we are. It does again when a
 * login of some process is accepted after that, and no process has been refused for a while; a
 * session from before says nothing. What could not be told is told at a later look. Used by one
 * thread.
 */
public final class LoginWatch implements Looks.Look {
  /** Between two looks: 5 s. */
  static final Duration LOOK_EVERY = Duration.ofSeconds(5);

  private static final String PROBLEM = "second-service-credentials";
  private static final List<String> KEYWORDS =
      List.of("timebridge", "SecondService", "credentials");

  private final Supplier<LastLogin> last;
  private final SharedProblem problem;
  private long told;

  /**
   * @param quiet longer than what lies between two logins of a process that is refused
   * @param nanos monotonic
   */
  public LoginWatch(Supplier<LastLogin> last, Alerts alerts, Duration quiet, LongSupplier nanos) {
    this.last = last;
    this.problem = new SharedProblem(PROBLEM, alerts, quiet, LOOK_EVERY, nanos);
  }

  /** Looks from now on at the logins of a process. */
  public static Looks start(HttpSecondService service, Settings settings, Alerts alerts) {
    LoginWatch watch =
        new LoginWatch(service::lastLogin, alerts, quiet(settings), System::nanoTime);
    return Looks.start("second-service-logins", LOOK_EVERY, List.of(watch));
  }

  /** 3 min by default: who is refused pauses for a minute at most, and then wants to call. */
  static Duration quiet(Settings settings) {
    Duration poll = settings.poller().every();
    Duration retry = settings.worker().retryMax();
    Duration longest = poll.compareTo(retry) < 0 ? retry : poll;
    return SessionPool.LONGEST_PAUSE.plus(longest.multipliedBy(2));
  }

  @Override
  public void look() throws Alerts.NotTold, InterruptedException {
    LastLogin now = last.get();
    if (now.number() == told) {
      return;
    }
    if (!now.accepted()) {
      problem.seen(refused());
    } else if (!problem.clear(accepted())) {
      return;
    }
    told = now.number();
  }

  private static Alert refused() {
    return new Alert(
        PROBLEM,
        "SecondService does not accept the login",
        "SecondService refuses who Timebridge says it is: its password was changed, or its user blocked.\n"
            + "Everything that needs SecondService waits; nothing is lost, nothing is parked.",
        List.of(
            "Run `./timebridge doctor`: its line `second-service` shows what SecondService answers",
            "See in SecondService that the user of `second-service.username` may log in",
            "Put the right `second-service.password` where `./timebridge settings` says that it comes from",
            "Restart poller and workers: they read their settings when they start"),
        KEYWORDS);
  }

  private static Alert accepted() {
    return new Alert(
        PROBLEM,
        "SecondService accepts the login again",
        "Calls to SecondService go on, and what waited is worked off in order.",
        List.of(),
        KEYWORDS);
  }
}
