package io.timebridge.services.second;

import io.timebridge.services.ServiceTrouble;

/** How a login ended, when the service answered at all. */
sealed interface LoginOutcome {
  record LoggedIn(Session session) implements LoginOutcome {}

  /**
   * {@code trouble} is {@code CREDENTIALS}, or {@code NOT_DONE} for too many logins and the like.
   */
  record Refused(ServiceTrouble trouble) implements LoginOutcome {}
}
