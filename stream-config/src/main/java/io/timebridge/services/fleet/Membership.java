package io.timebridge.services.fleet;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * One process's part in sharing a service's limit. It keeps to this, so that the sum of what all
 * processes use never exceeds the limit, whoever joins, leaves, freezes or dies:
 *
 * <ul>
 *   <li>The shares in the row add up to no more than the limit. A process takes only what is free,
 *       and uses what it has taken when the row is known to say so.
 *   <li>A share that is to shrink is used no more first, what runs above it ends, and only then it
 *       is given back in the row.
 *   <li>A share is used for at most {@link #STOP_AFTER} after the last write that confirmed it,
 *       counted from before that write. Others take it only after they have seen it unconfirmed for
 *       as long as its entry says: {@code STOP_AFTER}, the longest call, and {@link #MARGIN}. Every
 *       process counts on its own monotonic clock; the rates of clocks may be off by 2 %.
 * </ul>
 *
 * <p>Who has held its share for a {@link #TURN} while others have none goes to the end of the line.
 * Not thread-safe.
 */
final class Membership {
  /** Longest use of a share without a confirmation: 5 s. */
  static final Duration STOP_AFTER = Duration.ofSeconds(5);

  /**
   * Between the end of the last call of a silent process and the first of its successor: 2 s, and a
   * twentieth of the time that both count, on clocks that may go at different rates.
   */
  static final Duration MARGIN = Duration.ofSeconds(2);

  /** How long a share is kept while others have none: 15 s. */
  static final Duration TURN = Duration.ofSeconds(15);

  private final String id;
  private final Share limit;
  private final Supplier<Share> wants;
  private final Duration keeps;
  private final Limited limited;
  private final LongSupplier nanos;

  private final Map<String, Sighting> sightings = new HashMap<>();
  private Share using = Share.NONE;
  private long usingSince;
  private long turnSince;
  private Share goal = Share.NONE;
  private Share entry = Share.NONE;
  private long beats;
  private boolean wanting;

  /** When a beat was first seen. */
  private record Sighting(long beat, long sinceNanos) {}

  /**
   * @param id unique among all processes there are and were
   * @param wants what this process could use at present
   * @param longestCall after it, a call is over
   */
  Membership(
      String id,
      Share limit,
      Supplier<Share> wants,
      Duration longestCall,
      Limited limited,
      LongSupplier nanos) {
    this.id = id;
    this.limit = limit;
    this.wants = wants;
    Duration inUse = STOP_AFTER.plus(longestCall);
    this.keeps = inUse.plus(inUse.dividedBy(20)).plus(MARGIN);
    this.limited = limited;
    this.nanos = nanos;
  }

  /**
   * Renews this process's entry and moves its share nearer to what it should be.
   *
   * @return false when another process wrote in between: to be repeated at once
   */
  boolean beat(SharesStore store) throws SharesStore.Unavailable, InterruptedException {
    Roster row = store.read();
    long readAt = nanos.getAsLong();
    List<Member> others = row.without(id).stream().filter(m -> !isSilent(m, readAt)).toList();
    sightings.keySet().removeIf(seen -> row.find(seen).isEmpty());
    Member mine =
        row.find(id)
            .orElseGet(() -> new Member(id, Share.NONE, Share.NONE, ticket(others), beats, keeps))
            .beating(wants.get().atMost(limit));
    beats = mine.beat();
    wanting = !mine.wants().isNone();
    lower(mine.share()); // an entry that others took away is used no more
    mine = inTurn(mine, others, readAt);
    goal = allotment(mine, others).of(id);
    lower(goal);
    Member next = mine.with(toward(mine.share(), Roster.sum(others)));
    long sentAt = nanos.getAsLong();
    if (!store.replace(row.next(others, next))) {
      return false;
    }
    entry = next.share();
    use(entry.atMost(goal), sentAt);
    return true;
  }

  /** Uses nothing more; what runs goes on to its end. */
  void stop() {
    lower(Share.NONE);
  }

  /**
   * Takes this process's entry away, once nothing of its share is in use.
   *
   * @return false when another process wrote in between, or calls still run
   */
  boolean leave(SharesStore store) throws SharesStore.Unavailable, InterruptedException {
    lower(Share.NONE);
    if (!limited.isSettled()) {
      return false;
    }
    Roster row = store.read();
    return row.find(id).isEmpty() || store.replace(row.next(row.without(id)));
  }

  /** What this process uses, as long as it is confirmed. */
  Share using() {
    return using;
  }

  /** Whether this process could use something, as it said last. */
  boolean isWanting() {
    return wanting;
  }

  /** Whether more is due to it than it could take so far, or less than it could give back. */
  boolean isMoving() {
    return !entry.equals(goal);
  }

  private Allotment allotment(Member mine, List<Member> others) {
    return Allotment.of(limit, Roster.EMPTY.next(others, mine).members());
  }

  private static long ticket(List<Member> others) {
    return Roster.lastTicket(others) + 1;
  }

  private boolean isSilent(Member other, long now) {
    Sighting seen = sightings.get(other.id());
    if (seen == null || seen.beat() != other.beat()) {
      sightings.put(other.id(), new Sighting(other.beat(), now));
      return false;
    }
    return now - seen.sinceNanos() >= other.keeps().toNanos();
  }

  /** With a ticket from the end of the line when its turn is over. */
  private Member inTurn(Member mine, List<Member> others, long now) {
    Allotment before = allotment(mine, others);
    boolean over =
        !using.isNone()
            && now - turnSince >= TURN.toNanos()
            && before.seatedBefore(id) < before.waiting();
    return over ? mine.withTicket(ticket(others)) : mine;
  }

  /** The next entry: no more than is free, no less than may still be in use. */
  private Share toward(Share has, Share others) {
    Share low = has.atMost(goal);
    Share kept = low.equals(has) || limited.isSettled() ? low : has;
    Share free = limit.minus(others).minus(kept);
    Share next = kept.plus(goal.minus(kept).atMost(free));
    return next.isNone() && kept.isNone() ? Share.NONE : next;
  }

  private void lower(Share most) {
    Share less = using.atMost(most);
    if (!less.equals(using)) {
      use(less.isNone() ? Share.NONE : less, usingSince);
    }
  }

  private void use(Share share, long sinceNanos) {
    if (using.isNone() && !share.isNone()) {
      turnSince = sinceNanos;
    }
    using = share;
    usingSince = sinceNanos;
    limited.use(share, sinceNanos);
  }
}
