package io.timebridge.local.simulated;

import io.timebridge.services.ServiceTrouble;
import io.timebridge.services.ServiceTrouble.Kind;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** How a service is down: the way in which every call ends. */
public enum Down {
  /** It is up. */
  NOT,
  /** Connection refused: surely not done. */
  REFUSED,
  /** A 500: not done. */
  ERRORS,
  /** No answer; seldom done. */
  TIME_OUTS,
  /** Everything is done, and answered after the time-out. */
  SLOW,
  /** One way or another, each call by itself. */
  MIXED;

  private static final Duration TIME_OUT = Duration.ofSeconds(3);

  public String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * @throws IllegalArgumentException for an unknown name; the message says what is allowed
   */
  public static Down of(String name) {
    return Arrays.stream(values())
        .filter(down -> down != NOT && down.text().equals(name))
        .findFirst()
        .orElseThrow(() ->
            new IllegalArgumentException(
                "unknown way to be down '%s'; there are %s"
                    .formatted(
                        name,
                        Arrays.stream(values())
                            .filter(down -> down != NOT)
                            .map(Down::text)
                            .collect(Collectors.joining(", ")))));
  }

  /** How probable it is that a call that changes something is carried out nevertheless. */
  double doneAnyway() {
    return switch (this) {
      case NOT, SLOW -> 1;
      case REFUSED, ERRORS -> 0;
      case TIME_OUTS, MIXED -> 0.1;
    };
  }

  /** What the caller sees, after the time that it takes. */
  ServiceTrouble end(Host host, Kernel kernel) throws InterruptedException {
    return switch (this) {
      case NOT -> throw new IllegalStateException("it is up");
      case REFUSED -> after(host, kernel.millis(1, 5), Kind.NOT_DONE, "connection refused");
      case ERRORS -> after(host, kernel.millis(2, 100), Kind.UNKNOWN, "500");
      case TIME_OUTS, SLOW -> after(host, TIME_OUT, Kind.UNKNOWN, "no answer in time");
      case MIXED ->
          kernel.chance(0.5)
              ? ERRORS.end(host, kernel)
              : TIME_OUTS.end(host, kernel); // a refused one must not have been done
    };
  }

  private static ServiceTrouble after(Host host, Duration time, Kind kind, String why)
      throws InterruptedException {
    host.pause(time);
    return new ServiceTrouble(kind, why);
  }
}
