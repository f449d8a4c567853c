package io.timebridge.ingest.poller;

/** A table could not be read or written; whether a write was done is unknown. */
public final class StoreUnavailable extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public StoreUnavailable(String message, Throwable cause) {
    super(message, cause);
  }
}
