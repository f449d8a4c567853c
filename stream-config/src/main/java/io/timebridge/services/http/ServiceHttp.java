package io.timebridge.services.http;

import io.timebridge.services.ServiceTrouble;
import io.timebridge.services.ServiceTrouble.Kind;
import io.timebridge.services.gate.Ending;
import io.timebridge.services.gate.ServiceGate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.function.BooleanSupplier;

/**
 * Calls one service over HTTP, through its gate. Thread-safe. A call that ends in {@link
 * ServiceTrouble} tells exactly whether it may have been done:
 *
 * <ul>
 *   <li>{@link Kind#NOT_DONE}: refused connection, unknown host, connect time-out, or the body had
 *       not left yet;
 *   <li>{@link Kind#UNKNOWN}: time-out, reset or end of stream after that, or too long an answer.
 * </ul>
 *
 * What a status or a body means is for the caller's {@link Reader} to say.
 */
public final class ServiceHttp implements AutoCloseable {
  private final String service;
  private final ServiceGate gate;
  private final HttpExchange exchange;

  /** Reads an answer; see {@link Ending}. Throwing {@link ServiceTrouble} counts as a failure. */
  @FunctionalInterface
  public interface Reader<T> {
    Ending<T> read(HttpAnswer answer) throws ServiceTrouble;
  }

  /**
   * @param service its name in messages
   * @param callTimeout longest wait for one whole answer
   * @param clock for dates in {@code Retry-After}
   */
  public ServiceHttp(String service, Duration callTimeout, ServiceGate gate, InstantSource clock) {
    this.service = service;
    this.gate = gate;
    this.exchange = new HttpExchange(service, callTimeout, clock);
  }

  /** One call that waits for its own place; see {@link ServiceGate#call}. */
  public <T> T call(HttpCall call, Reader<T> reader) throws ServiceTrouble, InterruptedException {
    return gate.call(call.what(), call.maySend(), () -> send(call, reader));
  }

  /** One call in a place that the caller holds; see {@link ServiceGate.Place#call}. */
  public <T> T call(ServiceGate.Place place, HttpCall call, Reader<T> reader)
      throws ServiceTrouble, InterruptedException {
    return place.call(call.what(), call.maySend(), () -> send(call, reader));
  }

  private <T> Ending<T> send(HttpCall call, Reader<T> reader)
      throws ServiceTrouble, InterruptedException {
    try {
      BooleanSupplier maySend = call.maySend();
      return reader.read(
          exchange.send(
              watched(call).sendingOnlyWhile(() -> gate.hasShare() && maySend.getAsBoolean())));
    } catch (HttpExchange.TooLate late) {
      return new Ending.NotCounted<>(
          ServiceTrouble.notSent(
              Kind.NOT_DONE,
              "%s %s: not sent, too late to send".formatted(service, call.what()),
              null));
    }
  }

  private HttpCall watched(HttpCall call) {
    HttpCall with = call;
    for (Map.Entry<String, String> header : gate.headers().entrySet()) {
      with = with.withHeader(header.getKey(), header.getValue());
    }
    return with;
  }

  /** Breaks off what is under way; later calls fail. */
  @Override
  public void close() {
    exchange.close();
  }
}
