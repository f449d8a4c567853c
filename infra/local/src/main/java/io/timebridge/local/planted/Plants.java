package io.timebridge.local.planted;

import io.timebridge.ingest.poller.JobStore;
import io.timebridge.ingest.poller.Known;
import io.timebridge.ordering.Handler;
import io.timebridge.ordering.Outcome;
import io.timebridge.services.ServiceTrouble;
import io.timebridge.services.second.SecondService;
import io.timebridge.stream.EntryId;
import io.timebridge.stream.StreamRecord;
import io.timebridge.timesheet.EntryRow;
import io.timebridge.timesheet.EntryStore;
import io.timebridge.timesheet.Intent;
import io.timebridge.timesheet.Pause;
import java.math.BigInteger;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What each {@link Plant} puts around the parts of a worker or a poller. */
public final class Plants {
  private Plants() {}

  public static SecondService second(Plant plant, SecondService second) {
    return switch (plant) {
      case RETRY_IN_PLACE -> new Impatient(second);
      case IGNORE_DEADLINE -> new Unfenced(second);
      case NONE,
          SKIP_INTENT,
          CHECKPOINT_EARLY,
          UNPARK_UNCONDITIONAL,
          REMEMBER_BEFORE_PUBLISH,
          SKIP_ANNOUNCEMENT ->
          second;
    };
  }

  public static EntryStore entries(Plant plant, EntryStore store) {
    return switch (plant) {
      case SKIP_INTENT -> new Unannounced(store);
      case IGNORE_DEADLINE -> new Spanless(store);
      case UNPARK_UNCONDITIONAL -> new Unparking(store);
      case NONE, CHECKPOINT_EARLY, RETRY_IN_PLACE, REMEMBER_BEFORE_PUBLISH, SKIP_ANNOUNCEMENT ->
          store;
    };
  }

  /**
   * @param background runs what goes on after its record counts as finished
   */
  public static Handler<StreamRecord> handler(
      Plant plant, Handler<StreamRecord> handler, Executor background, Pause pause) {
    return plant == Plant.CHECKPOINT_EARLY ? new Hasty(handler, background, pause) : handler;
  }

  public static JobStore polled(Plant plant, JobStore store) {
    return plant.isOfPolling() ? new Forgetful(plant, store) : store;
  }

  /** Announces nothing; or stores instead. */
  private record Forgetful(Plant plant, JobStore store) implements JobStore {
    @Override
    public List<Row> load() {
      return store.load();
    }

    @Override
    public boolean announce(Known row, long epoch) {
      return plant != Plant.REMEMBER_BEFORE_PUBLISH || store.save(row, epoch);
    }

    @Override
    public boolean save(Known row, long epoch) {
      return store.save(row, epoch);
    }
  }

  /** Repeats a changing call whose outcome is unknown. */
  private static final class Impatient extends AroundSecond {
    Impatient(SecondService second) {
      super(second);
    }

    @Override
    protected Answer around(String operation, String key, Sending sending)
        throws ServiceTrouble, InterruptedException {
      try {
        return sending.send();
      } catch (ServiceTrouble trouble) {
        if (trouble.surelyNotDone()) {
          throw trouble;
        }
        return sending.send();
      }
    }

    @Override
    protected SecondService around(SecondService view) {
      return new Impatient(view);
    }

    /** The repetition comes after the time-out of the first, which would close the fence. */
    @Override
    protected BooleanSupplier condition(BooleanSupplier maySend) {
      return () -> true;
    }
  }

  /** Sends however late it is. */
  private static final class Unfenced extends AroundSecond {
    Unfenced(SecondService second) {
      super(second);
    }

    @Override
    protected Answer around(String operation, String key, Sending sending)
        throws ServiceTrouble, InterruptedException {
      return sending.send();
    }

    @Override
    protected SecondService around(SecondService view) {
      return new Unfenced(view);
    }

    @Override
    protected BooleanSupplier condition(BooleanSupplier maySend) {
      return () -> true;
    }
  }

  /** Shows every open intent as one that need not be waited for. */
  private static final class Spanless extends AroundEntries {
    Spanless(EntryStore store) {
      super(store);
    }

    @Override
    public EntryRow read(EntryId id) throws Unavailable {
      EntryRow row = store.read(id);
      return row.intent()
          .map(i ->
              with(
                  row,
                  row.rev(),
                  new Intent(i.token(), i.op(), i.version(), i.places(), Duration.ZERO)))
          .orElse(row);
    }
  }

  /** Turns the lane back to the stream whatever has joined those that waited. */
  private static final class Unparking extends AroundEntries {
    Unparking(EntryStore store) {
      super(store);
    }

    @Override
    public Written drained(
        EntryId id,
        EntryRow seen,
        Optional<String> token,
        Optional<Result> result,
        List<BigInteger> sequences)
        throws Unavailable {
      Written written = store.drained(id, seen, token, result, sequences);
      EntryRow now = store.read(id);
      if (written instanceof Written.Done && seen.parked() == sequences.size() && now.waits()) {
        List<BigInteger> joined =
            store.waiting(id, MOST_AT_ONCE).stream().map(StreamRecord::sequence).toList();
        store.drained(id, now, Optional.empty(), Optional.empty(), joined);
      }
      return written;
    }
  }

  /**
   * Announces nothing: an intent is written only together with its result, once the call is over.
   */
  private static final class Unannounced extends AroundEntries {
    private final Map<String, Announcement> kept = new ConcurrentHashMap<>();

    private record Announcement(EntryRow seen, Intent intent) {}

    Unannounced(EntryStore store) {
      super(store);
    }

    @Override
    public Written begin(EntryId id, EntryRow seen, Intent intent) {
      kept.put(intent.token(), new Announcement(seen, intent));
      return new Written.Done(with(seen, seen.rev() + 1, intent));
    }

    @Override
    public Written takeOver(EntryId id, EntryRow seen, Intent intent) {
      Announcement mine = seen.intent().map(open -> kept.remove(open.token())).orElse(null);
      kept.put(intent.token(), new Announcement(mine == null ? seen : mine.seen(), intent));
      return new Written.Done(with(seen, seen.rev() + 1, intent));
    }

    @Override
    public Written result(EntryId id, String token, Result result) throws Unavailable {
      return announced(id, token) ? store.result(id, token, result) : new Written.Lost();
    }

    @Override
    public Written release(EntryId id, String token) throws Unavailable {
      kept.remove(token);
      return new Written.Done(store.read(id));
    }

    @Override
    public Written park(
        EntryId id, EntryRow seen, Optional<String> token, StreamRecord record, Parking why)
        throws Unavailable {
      return token.isEmpty() || announced(id, token.get())
          ? store.park(id, seen, token, record, why)
          : new Written.Lost();
    }

    private boolean announced(EntryId id, String token) throws Unavailable {
      Announcement mine = kept.remove(token);
      if (mine == null) {
        return true;
      }
      Written written =
          mine.seen().intent().isEmpty()
              ? store.begin(id, mine.seen(), mine.intent())
              : store.takeOver(id, mine.seen(), mine.intent());
      return written instanceof Written.Done;
    }
  }

  private static EntryRow with(EntryRow row, long rev, Intent intent) {
    return new EntryRow(
        rev,
        row.version(),
        row.hash(),
        Math.max(row.tried(), intent.version()),
        row.state(),
        row.timesheetId(),
        row.place(),
        row.seq(),
        Optional.of(intent),
        row.lane(),
        row.parked(),
        row.episode(),
        row.wake(),
        row.history());
  }

  /** Calls a record applied at once and works on it afterwards. */
  private static final class Hasty implements Handler<StreamRecord> {
    private static final Logger LOG = LoggerFactory.getLogger(Hasty.class);

    private final Handler<StreamRecord> handler;
    private final Executor background;
    private final Pause pause;

    Hasty(Handler<StreamRecord> handler, Executor background, Pause pause) {
      this.handler = handler;
      this.background = background;
      this.pause = pause;
    }

    @Override
    public Outcome handle(String key, List<StreamRecord> records) {
      background.execute(() -> work(key, records));
      return new Outcome.Applied("later");
    }

    private void work(String key, List<StreamRecord> records) {
      try {
        while (handler.handle(key, records) instanceof Outcome.Retry retry) {
          pause.pause(retry.after().orElse(Duration.ofMillis(200)));
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } catch (RuntimeException defect) { // the edge of the thread
        LOG.error("defect while handling {}", key, defect);
      }
    }
  }
}
