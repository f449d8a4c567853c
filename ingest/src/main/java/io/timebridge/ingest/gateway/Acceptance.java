package io.timebridge.ingest.gateway;

import io.timebridge.ingest.EventIds;
import io.timebridge.publish.Publisher;
import io.timebridge.publish.Publisher.Outcome;
import io.timebridge.signature.WebhookSignatures;
import io.timebridge.signature.WebhookSignatures.Verdict;
import io.timebridge.stream.EntryId;
import io.timebridge.stream.Envelope;
import io.timebridge.stream.Route;
import io.timebridge.stream.WebhookBody;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * Decides about a webhook that has been read: signature, then body, then room, then Kinesis; in
 * that order, so that an unsigned body is never parsed and takes nobody's room. Thread-safe.
 */
final class Acceptance {
  /** Whether it comes from FirstService. */
  sealed interface Check {
    /**
     * Its signature holds.
     *
     * @param headers those an envelope keeps, lower-case names
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Signed(Map<String, String> headers, byte[] body, Instant receivedAt) implements Check {}

    record Unsigned(Refusal refusal) implements Check {}
  }

  /** What to answer. */
  sealed interface Decision {
    /** Kinesis has it. */
    record Accepted(String id) implements Decision {}

    record Refused(Refusal refusal) implements Decision {}
  }

  private final WebhookSignatures signatures;
  private final Publisher publisher;
  private final Semaphore room;
  private final Duration publishTimeout;
  private final InstantSource clock;
  private final EventIds ids;

  /**
   * @param concurrent envelopes that wait for Kinesis at a time; more are refused at once
   */
  Acceptance(
      WebhookSignatures signatures,
      Publisher publisher,
      int concurrent,
      Duration publishTimeout,
      InstantSource clock,
      EventIds ids) {
    this.signatures = signatures;
    this.publisher = publisher;
    this.room = new Semaphore(concurrent);
    this.publishTimeout = publishTimeout;
    this.clock = clock;
    this.ids = ids;
  }

  /** Comes before {@link #decide}: of what is not signed nothing is kept, not even a trace. */
  Check check(Map<String, String> headers, byte[] body) {
    Instant receivedAt = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    return switch (signatures.check(headers, body, receivedAt)) {
      case Verdict.Refused r ->
          new Check.Unsigned(new Refusal(Refusal.Code.BAD_SIGNATURE, "signature", r.reason()));
      case Verdict.Valid() -> new Check.Signed(headers, body, receivedAt);
    };
  }

  /**
   * @param trace a well-formed {@code traceparent}, or null
   */
  Decision decide(Route route, Check.Signed webhook, @Nullable String trace) {
    return switch (WebhookBody.parse(webhook.body())) {
      case WebhookBody.Malformed m ->
          refused(Refusal.Code.MALFORMED, m.field(), m.field() + " " + m.problem());
      case WebhookBody.Thin(EntryId id, String path) ->
          publish(envelope(route, id, webhook, trace));
      case WebhookBody.Full(EntryId id, var event) -> publish(envelope(route, id, webhook, trace));
    };
  }

  private Envelope envelope(Route route, EntryId id, Check.Signed webhook, @Nullable String trace) {
    return new Envelope(
        ids.next(),
        Envelope.Source.FIRST_SERVICE,
        route,
        id.key(),
        webhook.receivedAt(),
        webhook.headers(),
        webhook.body(),
        trace);
  }

  private Decision publish(Envelope envelope) {
    if (!room.tryAcquire()) {
      return refused(Refusal.Code.OVERLOADED, "request", "too many requests are under way");
    }
    try {
      return switch (publisher.publish(envelope.route().stream(), envelope, publishTimeout)) {
        case Outcome.Acknowledged stored -> new Decision.Accepted(envelope.id());
        case Outcome.Failed failed -> refused(failed);
      };
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
      return refused(Refusal.Code.STREAM_UNAVAILABLE, "request", "the gateway is stopping");
    } finally {
      room.release();
    }
  }

  /** The detail stays in the publisher's log: a sender has no use for it. */
  private static Decision refused(Outcome.Failed failed) {
    return switch (failed.reason()) {
      case FULL -> refused(Refusal.Code.OVERLOADED, "request", "too many requests are waiting");
      case TIMED_OUT, KINESIS ->
          refused(
              Refusal.Code.STREAM_UNAVAILABLE, "request", "the event could not be stored in time");
      case CLOSED -> refused(Refusal.Code.STREAM_UNAVAILABLE, "request", "the gateway is stopping");
      case TOO_LARGE ->
          refused(Refusal.Code.TOO_LARGE, "headers", "the signature headers are too large");
    };
  }

  private static Decision refused(Refusal.Code code, String field, String message) {
    return new Decision.Refused(new Refusal(code, field, message));
  }
}
