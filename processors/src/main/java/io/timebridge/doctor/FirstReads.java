package io.timebridge.doctor;

import io.timebridge.doctor.Finding.Warning;
import io.timebridge.services.ServiceTrouble;
import io.timebridge.services.ServiceTrouble.Kind;
import io.timebridge.services.first.HttpFirstService;
import io.timebridge.services.first.TokenPair;
import io.timebridge.services.first.TokenSource;
import io.timebridge.services.first.TokenStore;
import io.timebridge.services.gate.ServiceGate;
import io.timebridge.settings.Settings;
import java.time.InstantSource;
import java.util.Optional;

/**
 * FirstService with the tokens as they are: nothing is refreshed, since a refresh would end the
 * pair that every process has. The gate is this command's own. Thread-safe.
 */
final class FirstReads {
  static final String LOG_IN = "./timebridge login first-service";

  /** A command that calls FirstService as every process does. */
  static final String REFRESH =
      "./timebridge mapping check, which refreshes it; where that fails, " + LOG_IN;

  private final Settings.FirstService settings;
  private final ServiceGate gate;
  private final TokenStore store;
  private final InstantSource clock;

  FirstReads(
      Settings.FirstService settings, ServiceGate gate, TokenStore store, InstantSource clock) {
    this.settings = settings;
    this.gate = gate;
    this.store = store;
    this.clock = clock;
  }

  /** What every process has; empty while only the settings have a pair. */
  Optional<TokenStore.Stored> stored() throws TokenStore.Unavailable, InterruptedException {
    return store.load();
  }

  /** The pair of the settings, for the time until one is stored. */
  TokenPair ofSettings() {
    return new TokenPair(settings.accessToken(), settings.refreshToken(), Optional.empty());
  }

  TokenPair pair() throws TokenStore.Unavailable, InterruptedException {
    return stored().map(TokenStore.Stored::pair).orElseGet(this::ofSettings);
  }

  /** Whether only the next process that calls can say more: it refreshes the access token. */
  boolean isToBeRefreshed(TokenPair pair) {
    boolean ended =
        pair.access().isEmpty()
            || pair.expiresAt().filter(end -> !end.isAfter(clock.instant())).isPresent();
    return ended && !pair.refresh().isEmpty();
  }

  /** Said in place of what needs a call. */
  static Finding notNow() {
    return new Warning(
        "cannot be looked at before a process has refreshed the access token", REFRESH);
  }

  /**
   * Opens it, to be closed by the caller.
   *
   * @throws ServiceTrouble {@code CREDENTIALS} when there is no access token
   */
  HttpFirstService open(TokenPair pair) throws ServiceTrouble {
    if (pair.access().isEmpty()) {
      throw new ServiceTrouble(Kind.CREDENTIALS, "nobody has logged in to FirstService");
    }
    return new HttpFirstService(settings, gate, TokenSource.fixed(pair.access()));
  }
}
