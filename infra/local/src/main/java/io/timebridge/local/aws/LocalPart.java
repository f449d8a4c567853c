package io.timebridge.local.aws;

import java.net.URI;

/** One local AWS service that is running. Thread-safe. */
public interface LocalPart extends AutoCloseable {
  /** Where it listens, for the SDK's {@code endpointOverride}; the host is 127.0.0.1. */
  URI endpoint();

  /** Stops it and forgets everything it held. A second call does nothing. */
  @Override
  void close();
}
