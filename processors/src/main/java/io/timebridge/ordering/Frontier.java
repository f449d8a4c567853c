package io.timebridge.ordering;

import java.math.BigInteger;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How far a shard is done: records are added in sequence order and finished in any order; {@link
 * #position()} is the highest sequence number up to which (inclusive) every record is finished.
 *
 * <p>Memory is bounded by the number of unfinished records: a finished one leaves at once, because
 * every unfinished record knows the sequence number that was added right before it.
 *
 * <p>Pure, not thread-safe: its owner guards it.
 *
 * @param <T> what a record is to its owner
 */
final class Frontier<T> {
  /** One unfinished record; handed back when it is finished. */
  static final class Ticket<T> {
    private final BigInteger sequence;
    private final @Nullable BigInteger before;
    private final T subject;
    private @Nullable Ticket<T> older;
    private @Nullable Ticket<T> newer;
    private boolean finished;

    private Ticket(BigInteger sequence, @Nullable BigInteger before, T subject) {
      this.sequence = sequence;
      this.before = before;
      this.subject = subject;
    }
  }

  private @Nullable Ticket<T> oldest;
  private @Nullable Ticket<T> newest;
  private @Nullable BigInteger lastAdded;

  /** The highest sequence number below {@link #lastAdded}. */
  private @Nullable BigInteger beforeLast;

  private int unfinished;

  /**
   * Adds a record.
   *
   * @param sequence not below the one added last; records that share a sequence number (the parts
   *     of an aggregated record) count as one: the position reaches it when all are finished
   * @throws IllegalArgumentException when {@code sequence} is below the one added last
   */
  Ticket<T> add(BigInteger sequence, T subject) {
    if (lastAdded == null || sequence.compareTo(lastAdded) > 0) {
      beforeLast = lastAdded;
      lastAdded = sequence;
    } else if (sequence.compareTo(lastAdded) < 0) {
      throw new IllegalArgumentException(
          "records are added in sequence order: " + sequence + " after " + lastAdded);
    }
    Ticket<T> ticket = new Ticket<>(sequence, beforeLast, subject);
    ticket.older = newest;
    if (newest == null) {
      oldest = ticket;
    } else {
      newest.newer = ticket;
    }
    newest = ticket;
    unfinished++;
    return ticket;
  }

  /**
   * Finishes a record.
   *
   * @throws IllegalStateException when it is finished already
   */
  void finish(Ticket<T> ticket) {
    if (ticket.finished) {
      throw new IllegalStateException("finished twice: " + ticket.sequence);
    }
    ticket.finished = true;
    unfinished--;
    if (ticket.older == null) {
      oldest = ticket.newer;
    } else {
      ticket.older.newer = ticket.newer;
    }
    if (ticket.newer == null) {
      newest = ticket.older;
    } else {
      ticket.newer.older = ticket.older;
    }
    ticket.older = null;
    ticket.newer = null;
  }

  /** Everything up to here is finished; empty while nothing is. */
  Optional<BigInteger> position() {
    return Optional.ofNullable(oldest == null ? lastAdded : oldest.before);
  }

  /** The unfinished record that holds the position back. */
  Optional<T> oldest() {
    return oldest == null ? Optional.empty() : Optional.of(oldest.subject);
  }

  Optional<BigInteger> lastAdded() {
    return Optional.ofNullable(lastAdded);
  }

  int unfinished() {
    return unfinished;
  }
}
