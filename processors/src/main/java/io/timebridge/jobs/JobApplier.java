package io.timebridge.jobs;

import io.timebridge.failure.ParkedEvents;
import io.timebridge.failure.StoreTrouble;
import io.timebridge.jobs.JobStates.Result;
import io.timebridge.ordering.Handler;
import io.timebridge.ordering.Outcome;
import io.timebridge.services.ServiceTrouble;
import io.timebridge.services.first.FirstService;
import io.timebridge.settings.Settings;
import io.timebridge.stream.Envelope;
import io.timebridge.stream.JobEvent;
import io.timebridge.stream.Route;
import io.timebridge.stream.StreamRecord;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/**
 * Applies the events of the job stream to FirstService: a client per client, a project per job.
 * Events carry state, so applying one twice changes nothing; an event older (by epoch, then by
 * place in the stream) than one seen or begun for its key is skipped. Nothing is ever deleted in
 * FirstService. Thread-safe; one record at a time per key.
 *
 * <p>FirstService has neither idempotency keys nor conditional writes. So every changing call is
 * framed by an intent in the row of its subject ({@link FramedCalls}), and whoever finds an intent
 * that is not its own waits until its call has landed or never will, and looks. Exactly one project
 * and client is made, and no older state follows a newer one, across any number of processes that
 * crash, freeze or both believe they own a shard, as long as a call takes effect within {@code
 * first-service.lands-within} and a complete listing shows it within {@code visible-within}.
 *
 * <p>An applied event costs 1 read and 2 writes of its row, one that changes nothing in
 * FirstService 1 read and 1 write, a stale or repeated one 1 read.
 */
public final class JobApplier implements Handler<StreamRecord> {
  /** Conditional writes lost in a row before the event goes back to its lane's backoff. */
  static final int ROUNDS = 5;

  /**
   * What the applier works with.
   *
   * @param incarnation unique per start of a process
   * @param clock wall clock
   * @param nanoTime monotonic clock, in nanoseconds: {@code System::nanoTime}
   * @param pause waits between two looks at a listing: {@code Thread::sleep}
   * @param openJob told of each open job whose project is as its event says; must be quick
   */
  public record Parts(
      FirstService first,
      JobStates states,
      ParkedEvents parked,
      Settings.FirstService settings,
      String incarnation,
      InstantSource clock,
      LongSupplier nanoTime,
      Pause pause,
      LongConsumer openJob) {}

  private final Parts parts;
  private final FramedCalls calls;
  private final ClientRules clients;
  private final ProjectRules projects;
  private final LabelRules labels;

  public JobApplier(Parts parts) {
    this.parts = parts;
    this.calls = new FramedCalls(parts);
    this.clients =
        new ClientRules(
            parts.states(),
            calls,
            directory(
                new Directory.Kind<>(
                    "client",
                    parts.first()::clients,
                    FirstService.Client::id,
                    FirstService.Client::externalId)));
    Directory<FirstService.Project> listed =
        directory(
            new Directory.Kind<>(
                "project",
                parts.first()::projects,
                FirstService.Project::id,
                FirstService.Project::externalId));
    this.projects = new ProjectRules(parts.states(), calls, clients, listed);
    this.labels = new LabelRules(parts.states(), calls, listed);
  }

  private <T> Directory<T> directory(Directory.Kind<T> kind) {
    return new Directory<>(kind, parts.settings().visibleWithin(), parts.pause(), parts.nanoTime());
  }

  /** The last record; it carries those before it. */
  @Override
  public Outcome handle(String key, List<StreamRecord> records) throws InterruptedException {
    return handle(records.getLast());
  }

  /** As {@link #handle(String, List)}, of one record. */
  public Outcome handle(StreamRecord record) throws InterruptedException {
    try {
      Envelope envelope = record.envelope();
      Optional<JobEvent> event = JobEvent.decode(envelope.body());
      if (envelope.route() != Route.JOB_CHANGE
          || envelope.source() == Envelope.Source.FIRST_SERVICE
          || event.isEmpty()) {
        return park(record, "malformed", "the body is not a job event of the poller");
      }
      if (!event.get().key().equals(record.key())) {
        return park(
            record,
            "malformed",
            "key %s, but the body is of %s".formatted(record.key(), event.get().key()));
      }
      return apply(record, event.get());
    } catch (StoreTrouble trouble) {
      return new Outcome.Retry(String.valueOf(trouble.getMessage()));
    }
  }

  private Outcome apply(StreamRecord record, JobEvent event)
      throws StoreTrouble, InterruptedException {
    Position at = Position.of(record, event);
    try {
      parts.first().admit();
      for (int round = 0; round < ROUNDS; round++) {
        Optional<Outcome> outcome = round(event, at);
        if (outcome.isPresent()) {
          return outcome.get();
        }
      }
      return new Outcome.Retry("others write the row of " + event.key() + " all the time");
    } catch (NotYet notYet) {
      return new Outcome.Retry(String.valueOf(notYet.getMessage()), notYet.after());
    } catch (ServiceTrouble trouble) {
      boolean outage = trouble.kind() == ServiceTrouble.Kind.CIRCUIT_OPEN;
      return new Outcome.Retry(String.valueOf(trouble.getMessage()), trouble.retryAfter(), outage);
    } catch (FirstService.Refused refused) {
      Outcome outcome = park(record, "refused", String.valueOf(refused.getMessage()));
      rememberParked(event.key(), at);
      return outcome;
    }
  }

  /** One look at the row and what follows from it; empty when somebody else was first. */
  private Optional<Outcome> round(JobEvent event, Position at)
      throws NotYet, ServiceTrouble, FirstService.Refused, StoreTrouble, InterruptedException {
    parts.first().requireOpen();
    JobRow row = parts.states().read(event.key());
    if (row.seen().isAfter(at)) {
      return skipped(
          "a newer event was seen: epoch %d, this one has %d"
              .formatted(row.seen().epoch(), at.epoch()));
    }
    if (row.hasApplied(at)) {
      return skipped("applied already");
    }
    if (row.tried().isAfter(at)) {
      return skipped("superseded: a newer event was begun, and its record still waits");
    }
    calls.awaitTurn(event.key(), row);
    return switch (event) {
      case JobEvent.Client client -> clients.apply(client, row, at);
      case JobEvent.Job job -> {
        Optional<Outcome> outcome = projects.apply(job, row, at);
        if (outcome.isPresent() && job.open()) {
          parts.openJob().accept(job.id());
        }
        yield outcome;
      }
    };
  }

  /** See {@link LabelRules#jobs}. */
  List<Long> jobsWithLabels() throws ServiceTrouble, InterruptedException {
    return labels.jobs();
  }

  /** See {@link LabelRules#enable}. */
  boolean enableLabels(long jobId, Set<Long> needed)
      throws NotYet, ServiceTrouble, FirstService.Refused, StoreTrouble, InterruptedException {
    return labels.enable(jobId, needed);
  }

  private static Optional<Outcome> skipped(String reason) {
    return Optional.of(new Outcome.Skipped(reason));
  }

  /** Seen, though not applied: an older event must not be applied after it. */
  private void rememberParked(String key, Position at) throws StoreTrouble, InterruptedException {
    boolean done = false;
    for (int round = 0; round < ROUNDS && !done; round++) {
      JobRow row = parts.states().read(key);
      done =
          !at.isAfter(row.seen())
              || row.intent().isPresent() // somebody applies this event or a newer one
              || calls.note(key, row, new Result(at, Optional.empty(), row.remoteId()));
    }
  }

  private Outcome park(StreamRecord record, String reason, String detail)
      throws StoreTrouble, InterruptedException {
    parts.parked().park(record, reason, detail);
    return new Outcome.Parked(reason);
  }
}
