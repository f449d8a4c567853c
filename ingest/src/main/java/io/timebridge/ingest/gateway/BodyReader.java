package io.timebridge.ingest.gateway;

import io.helidon.http.HeaderValues;
import io.helidon.http.HttpException;
import io.helidon.http.RequestException;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.ServerRequest;
import io.timebridge.stream.Envelope;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads one request's body of at most {@link Envelope#MAX_BODY_BYTES}, however it is framed, and
 * keeps no more than that in memory. Used by the request's own thread only. A connection that
 * breaks meanwhile ends as {@link CloseConnectionException}.
 */
final class BodyReader {
  private final ServerRequest request;
  private final byte[] buffer = new byte[8192];
  private @Nullable InputStream in;

  BodyReader(ServerRequest request) {
    this.request = request;
  }

  /** The whole body, or empty when it is too large. */
  Optional<byte[]> read() {
    long announced = request.headers().contentLength().orElse(0);
    if (announced > Envelope.MAX_BODY_BYTES) {
      return Optional.empty();
    }
    ByteArrayOutputStream body = new ByteArrayOutputStream(Math.max(512, (int) announced));
    for (int n = next(); n >= 0; n = next()) {
      if (body.size() + n > Envelope.MAX_BODY_BYTES) {
        return Optional.empty();
      }
      body.write(buffer, 0, n);
    }
    return Optional.of(body.toByteArray());
  }

  /**
   * Reads what is left and forgets it, so that a refused sender gets to see the answer: a
   * connection that is closed with unread data is reset.
   *
   * @return whether the connection can be used again; not when the sender waits for a go-ahead
   */
  boolean drain() {
    if (in == null && request.headers().containsToken(HeaderValues.EXPECT_100)) {
      return false;
    }
    int n = next();
    while (n >= 0) {
      n = next();
    }
    return true;
  }

  private int next() {
    try {
      if (in == null) {
        if (!request.content().hasEntity()) {
          return -1;
        }
        in = request.content().inputStream();
      }
      return in.read(buffer);
    } catch (RequestException | HttpException refusedByHelidon) {
      throw refusedByHelidon;
    } catch (IOException | RuntimeException broken) { // whatever it is: there is nobody to answer
      throw new CloseConnectionException("the sender went away", broken);
    }
  }
}
