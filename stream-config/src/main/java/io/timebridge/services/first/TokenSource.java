package io.timebridge.services.first;

import io.timebridge.services.ServiceTrouble;
import io.timebridge.settings.Secret;

/**
 * Where calls get their access token. Implementations are thread-safe. A {@link ServiceTrouble} of
 * any kind means that the call which needed the token was not done.
 */
public interface TokenSource {
  /** The token to call with. Usually at hand; may block to read it, or to refresh the first one. */
  Secret access() throws ServiceTrouble, InterruptedException;

  /**
   * Another token than {@code rejected}, which the service answered with 401: one that somebody has
   * fetched meanwhile, or a new one.
   *
   * @throws ServiceTrouble {@code CREDENTIALS} when a person has to log in again; {@code UNKNOWN}
   *     when the answer to a refresh was lost (the next try finds out); {@code NOT_DONE} when
   *     another process is refreshing for too long, or the store of tokens cannot be reached
   */
  Secret refreshAfter(Secret rejected) throws ServiceTrouble, InterruptedException;

  /**
   * Says whether calls can be made at all, without waiting.
   *
   * @throws ServiceTrouble {@code CREDENTIALS} while it is known that a person has to log in, with
   *     the time after which to ask again
   */
  default void requireUsable() throws ServiceTrouble {}

  /** Says that a call with this token succeeded. */
  default void worked(Secret token) {}

  /** Says that a token that had just been fetched was not accepted. */
  default void refused(Secret token, String why) {}

  /** Always the same token, for tools and tests. */
  static TokenSource fixed(Secret token) {
    return new TokenSource() {
      @Override
      public Secret access() {
        return token;
      }

      @Override
      public Secret refreshAfter(Secret rejected) throws ServiceTrouble {
        throw new ServiceTrouble(
            ServiceTrouble.Kind.CREDENTIALS, "FirstService does not accept the access token");
      }
    };
  }
}
