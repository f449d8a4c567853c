package io.timebridge.services;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A call that did not end in an answer. Checked on purpose: whoever calls a service decides what
 * each kind means. The message names the service, the call and the cause, with at most a short
 * excerpt of an unexpected answer; never a secret.
 */
public final class ServiceTrouble extends Exception {
  private static final long serialVersionUID = 1L;

  /** What is known of the call. */
  public enum Kind {
    /**
     * Surely not done: never sent, refused (429, connection refused, session refused), or an open
     * circuit.
     */
    NOT_DONE,
    /** May have been done, or may yet be: time-out, reset, 5xx, an unreadable answer. */
    UNKNOWN,
    /**
     * The circuit is open, or was until a moment ago and others go first: not done. Nothing is
     * wrong with this call in particular.
     */
    CIRCUIT_OPEN,
    /**
     * The service does not know us (wrong password, {@code invalid_grant}); a person has to act.
     * Not done.
     */
    CREDENTIALS
  }

  private final Kind kind;
  private final transient @Nullable Duration retryAfter;
  private final boolean sent;

  public ServiceTrouble(
      Kind kind, String message, @Nullable Duration retryAfter, @Nullable Throwable cause) {
    this(kind, message, retryAfter, cause, true);
  }

  private ServiceTrouble(
      Kind kind,
      String message,
      @Nullable Duration retryAfter,
      @Nullable Throwable cause,
      boolean sent) {
    super(message, cause);
    this.kind = kind;
    this.retryAfter = retryAfter;
    this.sent = sent;
  }

  /** Of a call that was held back on our side: it says nothing of the service. */
  public static ServiceTrouble notSent(Kind kind, String message, @Nullable Duration retryAfter) {
    return new ServiceTrouble(kind, message, retryAfter, null, false);
  }

  public ServiceTrouble(Kind kind, String message) {
    this(kind, message, null, null);
  }

  public Kind kind() {
    return kind;
  }

  /** How long the service asked us to wait, if it did. */
  public Optional<Duration> retryAfter() {
    return Optional.ofNullable(retryAfter);
  }

  /** Whether the service was asked at all, or at least tried to be reached. */
  public boolean wasSent() {
    return sent;
  }

  /** Whether the call has surely had no effect. */
  public boolean surelyNotDone() {
    return kind != Kind.UNKNOWN;
  }
}
