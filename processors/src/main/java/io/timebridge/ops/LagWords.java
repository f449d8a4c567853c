package io.timebridge.ops;

import io.timebridge.lag.Drain;
import io.timebridge.lag.Figure;
import io.timebridge.lag.Latency;
import io.timebridge.lag.ShardLine;
import io.timebridge.lag.State;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;

/** The lag's figures as the templates show them. */
public final class LagWords {
  private LagWords() {}

  public static String state(State state) {
    return state.name().replace('_', ' ');
  }

  /** Which of the page's colours; never the only sign of a state. */
  public static String tone(State state) {
    return switch (state.severity()) {
      case 0 -> "good";
      case 1 -> "wait";
      default -> "bad";
    };
  }

  public static String behind(Optional<Figure<Duration>> behind) {
    return behind.map(b -> b.sign() + Times.length(b.value())).orElse("not seen");
  }

  public static String records(Optional<Figure<Long>> records) {
    return records
        .filter(r -> r.value() > 0 || !r.isAtLeast())
        .map(r -> r.sign() + String.format(Locale.ROOT, "%,d", r.value()))
        .orElse("not seen");
  }

  /** How long half of the events took, and nearly all of them. */
  public static String latency(Latency latency) {
    return latency
        .within(0.5)
        .flatMap(half ->
            latency
                .within(0.99)
                .map(most ->
                    "half within %s, 99 %% within %s (%s in the last minute)"
                        .formatted(
                            finer(half),
                            finer(most),
                            Counted.of(latency.events(), "event", "events"))))
        .orElse("nothing was applied in the last minute");
  }

  private static String finer(Duration time) {
    return time.toSeconds() < 10 ? time.toMillis() + " ms" : Times.length(time);
  }

  public static String rate(OptionalDouble perSecond) {
    return perSecond.isPresent()
        ? String.format(Locale.ROOT, "%.1f/s", perSecond.getAsDouble())
        : "";
  }

  public static String drain(Drain drain) {
    return switch (drain) {
      case Drain.Nothing() -> "";
      case Drain.Within(Duration time) -> Times.length(time);
      case Drain.Never() -> "never, as it goes";
      case Drain.Unknown() -> "not known";
    };
  }

  /** A word of KCL's, or the last digits of a sequence number. */
  public static String checkpoint(ShardLine line) {
    return line.checkpoint()
        .map(c -> c.length() > 12 ? "…" + c.substring(c.length() - 8) : c)
        .orElse("");
  }

  public static String oldest(ShardLine line, Instant now) {
    return line.work()
        .flatMap(ShardLine.Work::oldest)
        .map(o ->
            "%s, %s%s"
                .formatted(
                    o.key(),
                    Times.since(o.since(), now),
                    o.attempts() > 1 ? ", tried " + o.attempts() + " times" : ""))
        .orElse("");
  }
}
