package io.timebridge.jobs;

import io.timebridge.failure.StoreTrouble;
import io.timebridge.intent.Fence;
import io.timebridge.intent.IntentTokens;
import io.timebridge.jobs.JobApplier.Parts;
import io.timebridge.jobs.JobStates.Result;
import io.timebridge.services.ServiceTrouble;
import io.timebridge.services.first.FirstService;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Changing calls to FirstService, each framed by an intent in its subject's row: announce, send
 * before the fence closes, write the result. What an open intent may have done is looked up before
 * it is taken over; since nobody can write to the row in between, the new intent then covers one
 * call and nothing but that call. A call whose outcome is unknown is never repeated under its
 * intent: the intent stays, and who comes next waits its span. Thread-safe.
 */
final class FramedCalls {
  private static final Logger LOG = LoggerFactory.getLogger(FramedCalls.class);

  /** Longest wait before looking whether a foreign intent has been closed meanwhile. */
  static final Duration LOOK_AGAIN = Duration.ofSeconds(1);

  private final Parts parts;
  private final IntentTokens tokens;
  private final Semaphore turns;

  FramedCalls(Parts parts) {
    this.parts = parts;
    this.tokens =
        new IntentTokens(parts.incarnation(), parts.settings().visibleWithin(), parts.nanoTime());
    this.turns = new Semaphore(2 * parts.settings().gate().concurrentCalls(), true);
  }

  /** One call that creates or updates, and answers with the thing as it is then. */
  @FunctionalInterface
  interface Change<T> {
    T send(FirstService first) throws ServiceTrouble, FirstService.Refused, InterruptedException;
  }

  /**
   * Returns at once when the row may be written to.
   *
   * @throws NotYet while the call of an open intent may still land or be invisible
   */
  void awaitTurn(String key, JobRow row) throws NotYet {
    if (row.intent().isPresent()) {
      JobRow.Intent open = row.intent().get();
      Duration wait = tokens.remaining(open.token(), open.span());
      if (!wait.isZero()) {
        throw new NotYet(
            "a call announced for " + key + " may still land",
            wait.compareTo(LOOK_AGAIN) < 0 ? wait : LOOK_AGAIN);
      }
    }
  }

  /**
   * Makes the call. Waits its turn first: an intent written long before its call can be sent would
   * run out of time in the queue before the service's gate.
   *
   * @param row as read; what its open intent may have done is known
   * @param tried position of the event the call is for
   * @return what FirstService answered; empty when somebody else was first, or took the intent over
   *     during the call: the row is then to be read again
   * @throws ServiceTrouble as the call had it, the intent given back; or of kind UNKNOWN, with the
   *     time until the intent can be taken over
   */
  <T> Optional<T> make(
      String key, JobRow row, Position tried, Change<T> change, Function<T, Result> result)
      throws ServiceTrouble, FirstService.Refused, StoreTrouble, InterruptedException {
    turns.acquire();
    try {
      parts.first().requireOpen();
      Fence fence = Fence.from(parts.nanoTime(), parts.clock(), parts.settings().sendWithin());
      JobRow.Intent intent = new JobRow.Intent(tokens.next(), parts.settings().span());
      if (!announce(key, row, intent, tried)) {
        tokens.forget(intent.token());
        return Optional.empty();
      }
      T done = send(key, intent, fence, change);
      tokens.settled(intent.token()); // should its result not be written now
      boolean mine = parts.states().finish(key, intent.token(), result.apply(done));
      tokens.forget(intent.token());
      if (!mine) {
        LOG.warn(
            "key={} a call ended after its intent was taken over: it may have left an older state in FirstService, which stays until the next change of its subject",
            key);
      }
      return mine ? Optional.of(done) : Optional.empty();
    } finally {
      turns.release();
    }
  }

  /** Closes what needed no call; false when somebody else was first. */
  boolean note(String key, JobRow row, Result result) throws StoreTrouble, InterruptedException {
    boolean done = parts.states().note(key, row, result);
    row.intent().ifPresent(open -> tokens.forget(open.token()));
    return done;
  }

  private boolean announce(String key, JobRow row, JobRow.Intent intent, Position tried)
      throws StoreTrouble, InterruptedException {
    try {
      boolean done = parts.states().begin(key, row, intent, tried);
      row.intent().ifPresent(open -> tokens.forget(open.token()));
      return done;
    } catch (StoreTrouble trouble) {
      tokens.settled(intent.token()); // it may stand in the row, but nothing was sent under it
      throw trouble;
    }
  }

  private <T> T send(String key, JobRow.Intent intent, Fence fence, Change<T> change)
      throws ServiceTrouble, FirstService.Refused, StoreTrouble, InterruptedException {
    try {
      return change.send(parts.first().sendingOnlyWhile(fence));
    } catch (FirstService.Refused refused) {
      giveBack(key, intent);
      throw refused;
    } catch (ServiceTrouble trouble) {
      if (trouble.surelyNotDone()) {
        giveBack(key, intent);
        throw trouble;
      }
      throw new ServiceTrouble(
          ServiceTrouble.Kind.UNKNOWN,
          trouble.getMessage() + " (outcome unknown)",
          tokens.remaining(intent.token(), intent.span()),
          trouble);
    }
  }

  private void giveBack(String key, JobRow.Intent intent)
      throws StoreTrouble, InterruptedException {
    tokens.settled(intent.token());
    parts.states().release(key, intent.token());
    tokens.forget(intent.token());
  }
}
