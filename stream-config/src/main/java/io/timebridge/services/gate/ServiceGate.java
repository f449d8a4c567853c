package io.timebridge.services.gate;

import io.timebridge.services.ServiceTrouble;
import io.timebridge.services.ServiceTrouble.Kind;
import io.timebridge.settings.Settings;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The gate before one service: at most so many calls at a time, evenly spaced, and none while the
 * service is ill (circuit breaker). Thread-safe; one per service and process. How many calls that
 * are is set by {@link #allow}: a process that shares the limits with others gets its part of them
 * from time to time, one that is alone has all of them.
 *
 * <p>After an outage it lets a tenth of its rate through at first, and rises to all of it within
 * {@code ramp-up-for}, so that no herd meets a service that has just come back; when the circuit
 * opens again meanwhile, this begins anew. Calls under way follow from the rate.
 *
 * <p>Every wait comes before the call is sent, is first come, first served, lasts at most {@link
 * #LONGEST_WAIT} and can be interrupted. Nothing is repeated here: a retry wraps a whole step of
 * the caller. The time limit of a call is its HTTP time-out.
 *
 * @implNote A caller first takes a place among the concurrent calls, then, for each call it makes
 *     in that place, a slot, then the circuit breaker's leave. Nobody takes a second place while
 *     holding one. {@code loweredAt} is monotonic nanoseconds, written without a lock: the later
 *     one wins. {@code share} is written by one thread at a time, before the places and slots are
 *     lowered and after they are raised. {@code changing} guards {@code phase}, the circuit's state
 *     as of the last change that was followed.
 */
public final class ServiceGate {
  /** Longest wait for a place, for a slot, or for a quiet time to end: 30 s each. */
  public static final Duration LONGEST_WAIT = Duration.ofSeconds(30);

  /** A second's calls are counted over a second. */
  private static final long SETTLING_NANOS = TimeUnit.SECONDS.toNanos(1);

  private static final Logger LOG = LoggerFactory.getLogger(ServiceGate.class);

  /** Whether calls are let through. */
  public enum State {
    CLOSED,
    /** No calls until {@link ServiceGate#openFor()} has passed. */
    OPEN,
    /** A few calls are let through to find out; the others are refused as if it were open. */
    TRYING
  }

  /** One call to the service. It sends at most one request. */
  @FunctionalInterface
  public interface Call<T> {
    /** Sends and reads the answer; throwing {@link ServiceTrouble} counts as a failure. */
    Ending<T> send() throws ServiceTrouble, InterruptedException;
  }

  /** What is done in one place among the concurrent calls: one call, or a few in a row. */
  @FunctionalInterface
  public interface Work<T> {
    T in(Place place) throws ServiceTrouble, InterruptedException;
  }

  /** A place among the concurrent calls. Good only inside the {@link Work} it was given to. */
  public final class Place {
    private final int session;

    private Place(int session) {
      this.session = session;
    }

    /** Which of the allowed sessions the calls in this place are to use: 0 is the first. */
    public int session() {
      return session;
    }

    /**
     * Waits for a slot, then makes a call.
     *
     * @param what the call, for messages: {@code timesheet add}
     * @param maySend asked when every permit is held, right before the call is made; false ends in
     *     {@link Kind#NOT_DONE}
     * @throws ServiceTrouble {@link Kind#CIRCUIT_OPEN} at once while the circuit is open; {@link
     *     Kind#NOT_DONE} when the wait would be too long; else what the call threw
     */
    public <T> T call(String what, BooleanSupplier maySend, Call<T> call)
        throws ServiceTrouble, InterruptedException {
      requireClosed(what);
      requireShare(what);
      requireInTime(what, maySend);
      waitForSlot(what);
      if (!circuit.tryEnter()) {
        throw circuitOpen(what);
      }
      return underWay.make(what, maySend, call);
    }
  }

  private final String service;
  private final Refusals refusals;
  private final Time time;
  private final Places places = new Places();
  private final Slots slots;
  private final Circuit circuit;
  private final Illness illness;
  private final Patience patience;
  private final CallUnderWay underWay;
  private final AtomicLong loweredAt;
  private final ReentrantLock changing = new ReentrantLock();
  private State phase = State.CLOSED;
  private volatile Share share = new Share(Allowance.NONE, () -> true);

  /** What is allowed, and as long as what holds. */
  private record Share(Allowance allowance, BooleanSupplier good) {}

  /**
   * A gate that has the limits to itself.
   *
   * @param service its name in messages
   */
  public ServiceGate(String service, Settings.Gate limits) {
    this(service, limits, Time.SYSTEM);
  }

  /** As {@link #ServiceGate(String, Settings.Gate)}, with another time than the machine's. */
  public ServiceGate(String service, Settings.Gate limits, Time time) {
    this(
        service,
        limits,
        time,
        new Allowance(limits.concurrentCalls(), limits.callsPerSecond(), Integer.MAX_VALUE));
  }

  private ServiceGate(String service, Settings.Gate limits, Time time, Allowance allowance) {
    this.service = service;
    this.refusals = new Refusals(service);
    this.time = time;
    this.patience = new Patience(time);
    this.loweredAt = new AtomicLong(time.nanos() - SETTLING_NANOS);
    this.slots = new Slots(time, new Ramp(limits.rampUpFor()));
    this.illness = new Illness(time, limits.rampUpFor(), limits.circuitOpenFor());
    this.circuit = new Circuit(service, limits, time);
    this.underWay = new CallUnderWay(time, circuit, illness, patience, this::requireNow);
    circuit.onChange(event -> changed());
    allow(allowance, () -> true);
  }

  /** A gate that lets nothing through until {@link #allow} says so. */
  public static ServiceGate shared(String service, Settings.Gate limits) {
    return new ServiceGate(service, limits, Time.SYSTEM, Allowance.NONE);
  }

  /**
   * Waits for a place among the concurrent calls and works in it.
   *
   * @param what for messages
   * @throws ServiceTrouble {@link Kind#CIRCUIT_OPEN} at once while the circuit is open, {@link
   *     Kind#NOT_DONE} at once while nothing is allowed, and when no place came free in time; else
   *     what {@code work} threw
   */
  public <T> T inPlace(String what, Work<T> work) throws ServiceTrouble, InterruptedException {
    requireClosed(what);
    requireShare(what);
    if (!places.take(LONGEST_WAIT)) {
      throw refusals.notDone(
          what, "no place among the concurrent calls within " + LONGEST_WAIT, null);
    }
    int session = places.enter();
    try {
      if (session < 0) {
        throw refusals.noShare(what);
      }
      requireShare(what);
      return work.in(new Place(session));
    } finally {
      places.leave(session);
    }
  }

  /** {@link #inPlace} with a single {@link Place#call}. */
  public <T> T call(String what, BooleanSupplier maySend, Call<T> call)
      throws ServiceTrouble, InterruptedException {
    return inPlace(what, place -> place.call(what, maySend, call));
  }

  /**
   * Sets how many calls are let through from now on, as long as {@code good} says so. Calls under
   * way go on; see {@link #isSettled}. One thread at a time.
   *
   * @param good asked right before every call; must not block
   */
  public void allow(Allowance allowance, BooleanSupplier good) {
    boolean lower = allowance.isBelow(share.allowance());
    if (lower) {
      loweredAt.set(time.nanos());
      share = new Share(allowance, good);
    }
    slots.rate(allowance.isNone() ? 0 : allowance.callsPerSecond());
    places.limit(allowance.isNone() ? 0 : allowance.concurrentCalls(), allowance.sessions());
    share = new Share(allowance, good);
  }

  /**
   * Whether nothing is left of what a higher allowance had let through: no call above the present
   * number, in no session above it, and a second at the present rate.
   */
  public boolean isSettled() {
    boolean secondOver =
        time.nanos() - loweredAt.get() >= SETTLING_NANOS
            || slots.nanosSinceLast() >= SETTLING_NANOS;
    return secondOver && places.isWithinLimit();
  }

  /** Whether anything is allowed now, however the service fares. */
  public boolean hasShare() {
    Share now = share;
    return !now.allowance().isNone() && now.good().getAsBoolean();
  }

  /**
   * Says whether a call would be let through, without waiting and without making one.
   *
   * @throws ServiceTrouble {@link Kind#CIRCUIT_OPEN} while the circuit is open, {@link
   *     Kind#NOT_DONE} while this process has no share of the limits or the service has asked for
   *     more patience than a call would have; with the time after which to ask again
   */
  public void requireOpen() throws ServiceTrouble {
    requireClosed("calls");
    requireShare("calls");
    requirePatienceOver("calls");
  }

  /**
   * As {@link #requireOpen}, for a piece of work that begins now and leads to a call or a few.
   * While the service is being tried, and while the rate rises, no more work begins than there are
   * calls to make: those who wait do not all read and write for a call that is not due.
   *
   * @throws ServiceTrouble {@link Kind#CIRCUIT_OPEN} when others go first; and see {@link
   *     #requireOpen}
   */
  public void admit() throws ServiceTrouble {
    requireOpen();
    if (!circuit.mayTry() || !slots.tryBegin()) {
      throw refusals.othersFirst(slots.askAgainAfter());
    }
  }

  /** The outage there is; empty while all is well. */
  public Optional<Outage> outage() {
    return illness.outage();
  }

  /** Whether the circuit lets calls through now. */
  public State state() {
    return circuit.state();
  }

  /** How long the circuit stays open yet; zero when it is not open. */
  public Duration openFor() {
    return circuit.openFor();
  }

  /**
   * Tells {@code listener} of every change of the circuit, on the thread of the call that brought
   * it about; it must not block. That an open circuit's pause is over is no change: the next call
   * makes it one.
   */
  public void onChange(Consumer<State> listener) {
    circuit.onChange(listener);
  }

  /** Tells {@code watch} of every call from now on, as well as those before it. */
  public void watch(CallWatch watch) {
    underWay.watch(watch);
  }

  /** Headers that those who watch want to be sent with the call under way on this thread. */
  public Map<String, String> headers() {
    return underWay.watch().headers();
  }

  /**
   * Brings slots and illness to where the circuit is now. What the event said may be history: it
   * comes on the thread of the call that brought it about, which others may have overtaken.
   */
  private void changed() {
    changing.lock();
    try {
      State now = circuit.phase();
      switch (now) {
        case OPEN -> {
          slots.hold();
          if (illness.opened()) {
            LOG.warn("{}: circuit open, calls wait", service);
          }
        }
        case TRYING -> {
          illness.tried();
          LOG.debug("{}: a few calls try", service);
        }
        case CLOSED -> {
          slots.rise();
          illness.closed();
          if (phase != now) {
            LOG.info("{}: circuit closed, calls go on and their rate rises", service);
          }
        }
      }
      phase = now;
    } finally {
      changing.unlock();
    }
  }

  private void waitForSlot(String what) throws ServiceTrouble, InterruptedException {
    Duration left = LONGEST_WAIT;
    Optional<Slots.Slot> slot;
    do {
      requireShare(what);
      Duration quiet = requirePatienceOver(what);
      slot = slots.reserve(left);
      if (slot.isEmpty()) {
        throw refusals.notDone(what, "no slot within " + LONGEST_WAIT, null);
      }
      long wait = Math.max(slot.get().waitNanos(), quiet.toNanos());
      if (wait > 0) {
        time.sleepNanos(wait);
      }
      left = left.minusNanos(slot.get().waitNanos());
    } while (!slots.isGood(slot.get())); // the rate has changed meanwhile
  }

  /** The quiet time that a call waits for. */
  private Duration requirePatienceOver(String what) throws ServiceTrouble {
    Duration quiet = patience.left();
    if (quiet.compareTo(LONGEST_WAIT) > 0) {
      throw refusals.notDone(what, "the service asked for patience", quiet);
    }
    return quiet;
  }

  /** The first thing that everybody who wants to call meets. */
  private void requireClosed(String what) throws ServiceTrouble {
    illness.asked();
    if (!openFor().isZero()) {
      throw circuitOpen(what);
    }
  }

  private void requireNow(String what, BooleanSupplier maySend) throws ServiceTrouble {
    requireShare(what);
    requireInTime(what, maySend);
  }

  private void requireInTime(String what, BooleanSupplier maySend) throws ServiceTrouble {
    if (!maySend.getAsBoolean()) {
      throw refusals.notDone(what, "too late to send", null);
    }
  }

  private void requireShare(String what) throws ServiceTrouble {
    if (!hasShare()) {
      throw refusals.noShare(what);
    }
  }

  private ServiceTrouble circuitOpen(String what) {
    return refusals.circuitOpen(what, circuit.askAgainAfter());
  }
}
