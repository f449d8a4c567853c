package io.timebridge.doctor;

import io.timebridge.doctor.Finding.Warning;
import io.timebridge.doctor.Finding.Well;
import io.timebridge.doctor.Finding.Wrong;
import io.timebridge.services.ServiceTrouble;
import io.timebridge.services.ServiceTrouble.Kind;
import io.timebridge.services.first.HttpFirstService;
import io.timebridge.services.first.TokenPair;
import io.timebridge.services.first.TokenStore;
import io.timebridge.services.first.TokenStore.Stored;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The login at FirstService: the tokens that are there, and whether they are accepted. */
final class TokensCheck {
  /** Longer than a person needs to notice. */
  private static final Duration SOON = Duration.ofDays(3);

  private final FirstReads first;
  private final InstantSource clock;

  TokensCheck(FirstReads first, InstantSource clock) {
    this.first = first;
    this.clock = clock;
  }

  List<Finding> look() throws TokenStore.Unavailable, ServiceTrouble, InterruptedException {
    Optional<Stored> stored = first.stored();
    TokenPair pair = stored.map(Stored::pair).orElseGet(first::ofSettings);
    String whose =
        stored
            .map(s -> "the stored token pair (number %d)".formatted(s.generation()))
            .orElse("the token pair of the settings");
    if (first.isToBeRefreshed(pair)) {
      return List.of(
          new Warning(
              "the access token of %s has ended%s; the next process that calls FirstService refreshes it"
                  .formatted(whose, pair.expiresAt().map(end -> " " + shown(end)).orElse("")),
              FirstReads.REFRESH));
    }
    if (pair.access().isEmpty()) {
      return List.of(new Wrong("nobody has logged in", FirstReads.LOG_IN));
    }
    List<Finding> findings = new ArrayList<>();
    findings.add(asked(pair, whose));
    pair.expiresAt().flatMap(end -> ending(pair, end)).ifPresent(findings::add);
    return findings;
  }

  private Finding asked(TokenPair pair, String whose) throws ServiceTrouble, InterruptedException {
    try (HttpFirstService service = first.open(pair)) {
      int webhooks = service.webhooks().size();
      return new Well(
          "%s is accepted: a call was answered (%d webhooks); it %s, %s"
              .formatted(
                  whose,
                  webhooks,
                  pair.expiresAt().map(end -> "expires " + shown(end)).orElse("has no known end"),
                  pair.refresh().isEmpty() ? "no refresh token" : "refresh token there"));
    } catch (ServiceTrouble trouble) {
      if (trouble.kind() == Kind.CREDENTIALS) {
        return new Wrong(
            "%s is not accepted%s"
                .formatted(
                    whose,
                    pair.refresh().isEmpty()
                        ? ", and there is no refresh token"
                        : "; a process that calls tries the refresh token"),
            FirstReads.LOG_IN);
      }
      throw trouble;
    }
  }

  /** A token that nobody can replace is told of before it ends. */
  private Optional<Finding> ending(TokenPair pair, Instant end) {
    return pair.refresh().isEmpty() && end.isBefore(clock.instant().plus(SOON))
        ? Optional.of(
            new Warning(
                "the access token ends %s, and there is no refresh token".formatted(shown(end)),
                FirstReads.LOG_IN))
        : Optional.empty();
  }

  private static String shown(Instant time) {
    return time.truncatedTo(ChronoUnit.SECONDS).toString();
  }
}
