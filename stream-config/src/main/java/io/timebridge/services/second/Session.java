package io.timebridge.services.second;

import io.timebridge.services.http.Encoded;

/** One login's session. Thread-safe. Two are the same only if they are the same object. */
final class Session {
  private final String cookie;
  private volatile boolean worked;

  Session(String appId, String organisation, String username) {
    this.cookie =
        "appID=%s; appOrganization=%s; appUsername=%s"
            .formatted(
                Encoded.foreignCookie(appId),
                Encoded.cookie(organisation),
                Encoded.cookie(username));
  }

  /** The value of the Cookie header: a secret. */
  String cookie() {
    return cookie;
  }

  /** Whether a call in this session was ever answered. */
  boolean hasWorked() {
    return worked;
  }

  void works() {
    worked = true;
  }
}
