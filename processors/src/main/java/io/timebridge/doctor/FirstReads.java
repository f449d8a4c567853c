package io.timebridge.doctor;

import io.timebridge.services.ServiceTrouble;
import io.timebridge.services.ServiceTrouble.Kind;
import io.timebridge.services.first.HttpFirstService;
import io.timebridge.services.first.TokenPair;
import io.timebridge.services.first.TokenSource;
import io.timebridge.services.first.TokenStore;
import io.timebridge.services.gate.ServiceGate;
import io.timebridge.settings.Settings;
import java.util.Optional;

/**
 * FirstService with the tokens as they are: nothing is refreshed, since a refresh would end the
 * pair that every process has. The gate is this command's own. Thread-safe.
 */
final class FirstReads {
  static final String LOG_IN = "./timebridge login first-service";

  private final Settings.FirstService settings;
  private final ServiceGate gate;
  private final TokenStore store;

  FirstReads(Settings.FirstService settings, ServiceGate gate, TokenStore store) {
    this.settings = settings;
    this.gate = gate;
    this.store = store;
  }

  /** What every process has; empty while only the settings have a pair. */
  Optional<TokenStore.Stored> stored() throws TokenStore.Unavailable, InterruptedException {
    return store.load();
  }

  /** The pair of the settings, for the time until one is stored. */
  TokenPair ofSettings() {
    return new TokenPair(settings.accessToken(), settings.refreshToken(), Optional.empty());
  }

  /**
   * Opens it, to be closed by the caller.
   *
   * @throws ServiceTrouble {@code CREDENTIALS} when there is no access token
   */
  HttpFirstService open() throws TokenStore.Unavailable, ServiceTrouble, InterruptedException {
    return open(stored().map(TokenStore.Stored::pair).orElseGet(this::ofSettings));
  }

  HttpFirstService open(TokenPair pair) throws ServiceTrouble {
    if (pair.access().isEmpty()) {
      throw new ServiceTrouble(Kind.CREDENTIALS, "there is no access token to ask with");
    }
    return new HttpFirstService(settings, gate, TokenSource.fixed(pair.access()));
  }
}
