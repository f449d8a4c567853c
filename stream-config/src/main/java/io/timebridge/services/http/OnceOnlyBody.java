package io.timebridge.services.http;

import java.io.IOException;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.ByteBuffer;
import java.util.concurrent.Flow;
import java.util.function.BooleanSupplier;

/**
 * A request's body that leaves at most once, and not at all once it is too late. The JDK's client
 * asks for it when the connection stands and the headers are out, so this is the last moment before
 * a service could act: a request without its body cannot be done.
 */
final class OnceOnlyBody implements BodyPublisher {
  private final BodyPublisher bytes;
  private final BooleanSupplier maySend;
  private volatile boolean released;
  private volatile boolean tooLate;

  OnceOnlyBody(byte[] bytes, BooleanSupplier maySend) {
    this.bytes = BodyPublishers.ofByteArray(bytes);
    this.maySend = maySend;
  }

  /** Whether a byte of the body may have left. */
  boolean released() {
    return released;
  }

  /** Whether it was held back because its time was over. */
  boolean tooLate() {
    return tooLate;
  }

  @Override
  public long contentLength() {
    return bytes.contentLength();
  }

  @Override
  public void subscribe(Flow.Subscriber<? super ByteBuffer> subscriber) {
    if (released) {
      refuse(subscriber, "the body has already left once");
    } else if (!maySend.getAsBoolean()) {
      tooLate = true;
      refuse(subscriber, "too late to send");
    } else {
      released = true;
      bytes.subscribe(subscriber);
    }
  }

  private static void refuse(Flow.Subscriber<? super ByteBuffer> subscriber, String why) {
    subscriber.onSubscribe(
        new Flow.Subscription() {
          @Override
          public void request(long n) {
            // there is nothing to give
          }

          @Override
          public void cancel() {
            // nothing is held
          }
        });
    subscriber.onError(new IOException(why));
  }
}
