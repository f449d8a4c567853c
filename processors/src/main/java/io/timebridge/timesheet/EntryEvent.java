package io.timebridge.timesheet;

import io.timebridge.stream.EntryId;
import io.timebridge.stream.Envelope;
import io.timebridge.stream.Replayed;
import io.timebridge.stream.Route;
import io.timebridge.stream.WebhookBody;
import java.math.BigInteger;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * One event of an entry, as far as the rules look at it.
 *
 * @param seq its stream sequence number
 * @param verify whether it asks for the entry to be compared and put right, whatever the row says
 * @param places where else its timesheet may be; only a verify event names any
 * @param claim what the event itself says; empty = it only says that something happened
 * @param afterLoss a verify event after SecondService lost what it held: what its report shows is
 *     believed, an id that the row remembers is not (SecondService may have given it to another
 *     timesheet since), and what is gone is made anew whatever the settings say
 * @param replayed whether a replay has brought it again: then the row may be gone, or put back to
 *     what it was before the entry was booked
 * @param hasWaited whether it comes from the parked events, not off the stream
 */
public record EntryEvent(
    EntryId id,
    BigInteger seq,
    boolean verify,
    Set<Place> places,
    Optional<Claim> claim,
    boolean afterLoss,
    boolean replayed,
    boolean hasWaited) {

  public EntryEvent {
    places = Set.copyOf(places);
  }

  /** Off the stream. */
  public EntryEvent(
      EntryId id, BigInteger seq, boolean verify, Set<Place> places, Optional<Claim> claim) {
    this(id, seq, verify, places, claim, false, false, false);
  }

  /**
   * The same event, from the parked ones. One whose project had no external id says no more than
   * that something happened: it holds the project as it was, and only FirstService knows whether it
   * has one by now.
   */
  EntryEvent afterWaiting() {
    boolean fetched =
        claim.isPresent()
            && claim.get() instanceof Claim.Live live
            && !Mapper.namesJob(live.content());
    return new EntryEvent(
        id, seq, verify, places, fetched ? Optional.empty() : claim, afterLoss, replayed, true);
  }

  /** The same event, at another place of the stream. */
  public EntryEvent at(BigInteger sequence) {
    return new EntryEvent(id, sequence, verify, places, claim, afterLoss, replayed, hasWaited);
  }

  private EntryEvent again() {
    return new EntryEvent(id, seq, verify, places, claim, afterLoss, true, hasWaited);
  }

  /** The job that a body names, where it is a whole entry that names one. */
  static Optional<Long> job(Envelope envelope) {
    return WebhookBody.parse(envelope.body()) instanceof WebhookBody.Full full
        ? Mapper.externalId(full.event().path("project").path("external_id").asString(""))
        : Optional.empty();
  }

  /** What an event, or FirstService itself, says of an entry. */
  public sealed interface Claim {
    /** It exists. {@code version} is its {@code updated_at}, in seconds since 1970. */
    record Live(long version, EntryContent content) implements Claim {}

    /** It is deleted. Events seldom say at which version. */
    record Gone(OptionalLong version) implements Claim {}
  }

  /** What an envelope turned out to be. */
  public sealed interface Reading {
    record Event(EntryEvent event) implements Reading {}

    /** Nothing of ours; {@code reason} is counted. */
    record Ignore(String reason) implements Reading {}

    /** It speaks of an entry but cannot be used. */
    record Unusable(String problem) implements Reading {}
  }

  /** Reads an envelope of the timesheet stream. */
  public static Reading read(Envelope envelope, BigInteger seq) {
    Reading reading = body(envelope, seq);
    return reading instanceof Reading.Event(EntryEvent event) && Replayed.of(envelope).isPresent()
        ? new Reading.Event(event.again())
        : reading;
  }

  private static Reading body(Envelope envelope, BigInteger seq) {
    return switch (WebhookBody.parse(envelope.body())) {
      case WebhookBody.Malformed(String field, String problem) ->
          new Reading.Unusable(field + " " + problem);
      case WebhookBody.Thin thin when thin.isSuggestion() -> new Reading.Ignore("suggestion");
      case WebhookBody.Thin thin -> thin(envelope.route(), thin.id(), seq);
      case WebhookBody.Full full -> full(envelope.route(), full, seq);
    };
  }

  /** What FirstService answered for an entry that exists. */
  public static Claim claim(EntryId id, JsonNode event) throws EntryContent.Unreadable {
    OptionalLong version = version(event);
    if (event.path("deleted").asBoolean(false)) {
      return new Claim.Gone(version);
    }
    return new Claim.Live(
        version.orElseThrow(
            () -> new EntryContent.Unreadable("updated_at: missing or not seconds")),
        EntryContent.read(id, event));
  }

  private static Reading thin(Route route, EntryId id, BigInteger seq) {
    Optional<Claim> claim =
        route.kind() == Route.Kind.DELETED
            ? Optional.of(new Claim.Gone(OptionalLong.empty()))
            : Optional.empty();
    return new Reading.Event(
        new EntryEvent(id, seq, route.kind() == Route.Kind.VERIFY, Set.of(), claim));
  }

  private static Reading full(Route route, WebhookBody.Full full, BigInteger seq) {
    EntryId id = full.id();
    if (route.kind() == Route.Kind.VERIFY) {
      return new Reading.Event(
          new EntryEvent(
              id,
              seq,
              true,
              VerifyEvent.places(full.event()),
              Optional.empty(),
              VerifyEvent.isAfterLoss(full.event()),
              false,
              false));
    }
    OptionalLong version = version(full.event());
    if (route.kind() == Route.Kind.DELETED) {
      return new Reading.Event(
          new EntryEvent(id, seq, false, Set.of(), Optional.of(new Claim.Gone(version))));
    }
    if (version.isEmpty()) {
      return thin(route, id, seq);
    }
    try {
      return new Reading.Event(
          new EntryEvent(id, seq, false, Set.of(), Optional.of(claim(id, full.event()))));
    } catch (EntryContent.Unreadable incomplete) {
      return thin(route, id, seq); // FirstService itself is asked for the whole entry
    }
  }

  private static OptionalLong version(JsonNode event) {
    JsonNode at = event.path("updated_at");
    if (at.isIntegralNumber() && at.canConvertToLong() && at.longValue() > 0) {
      return OptionalLong.of(at.longValue());
    }
    if (at.isString() && at.stringValue().matches("[1-9][0-9]{0,11}")) {
      return OptionalLong.of(Long.parseLong(at.stringValue()));
    }
    return OptionalLong.empty();
  }
}
