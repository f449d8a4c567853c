package io.timebridge.jobs;

import io.timebridge.failure.ParkedEvents;
import io.timebridge.failure.StoreTrouble;
import io.timebridge.jobs.JobStates.State;
import io.timebridge.ordering.Handler;
import io.timebridge.ordering.Outcome;
import io.timebridge.ordering.StreamRecord;
import io.timebridge.services.ServiceTrouble;
import io.timebridge.services.first.FirstService;
import io.timebridge.stream.Envelope;
import io.timebridge.stream.JobEvent;
import io.timebridge.stream.Route;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Applies the events of the job stream to FirstService: a client per client, a project per job.
 * Events carry state, so applying one twice changes nothing; an event older (by epoch, then by
 * place in the stream) than one seen for its key is skipped. Nothing is ever deleted in
 * FirstService. Thread-safe; one record at a time per key.
 *
 * <p>FirstService has neither idempotency keys nor conditional writes. Within one process exactly
 * one project and client is made, also after a call whose outcome is unknown, as long as such a
 * call lands within {@link Options#settle}. What remains: a process that dies within {@code settle}
 * of such a create, and two processes that create the same thing within {@link
 * Options#reloadAtMost} of each other, can make a double; of doubles, the one of the lowest id is
 * used by everyone. A process frozen in the middle of a call may write an older state over a newer
 * one; when it notices (its state is no longer the newest) it puts the newer one back.
 */
public final class JobApplier implements Handler<StreamRecord> {
  private static final Logger LOG = LoggerFactory.getLogger(JobApplier.class);

  /**
   * @param reloadAtMost a listing of FirstService at most this old is looked at before something is
   *     made; so also the shortest time between two listings for that reason
   * @param lookAfter after a write of unknown outcome, wait this long before the first look for its
   *     effect
   * @param settle how long after being sent a write may still take effect; nothing is written again
   *     before
   */
  public record Options(Duration reloadAtMost, Duration lookAfter, Duration settle) {
    public Options {
      if (reloadAtMost.isNegative() || lookAfter.isNegative() || settle.isNegative()) {
        throw new IllegalArgumentException(
            "no duration may be negative: %s, %s, %s".formatted(reloadAtMost, lookAfter, settle));
      }
    }

    /** 5 s, 1 s, 30 s. */
    public static Options defaults() {
      return new Options(Duration.ofSeconds(5), Duration.ofSeconds(1), Duration.ofSeconds(30));
    }
  }

  private final JobStates states;
  private final ParkedEvents parked;
  private final ClientRules clients;
  private final ProjectRules projects;

  /**
   * @param nanoTime a monotonic clock in nanoseconds: {@code System::nanoTime}
   */
  public JobApplier(
      FirstService first,
      JobStates states,
      ParkedEvents parked,
      Options options,
      LongSupplier nanoTime) {
    this.states = states;
    this.parked = parked;
    this.clients =
        new ClientRules(
            first,
            new Directory<>("client", first::clients, FirstService.Client::id, options, nanoTime));
    this.projects =
        new ProjectRules(
            first,
            clients,
            new Directory<>(
                "project", first::projects, FirstService.Project::id, options, nanoTime));
  }

  @Override
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
    Optional<State> seen = states.read(event.key());
    if (seen.isPresent() && seen.get().isNewerThan(event.epoch(), record.sequence())) {
      return new Outcome.Skipped(
          "a newer event was seen: epoch %d, this one has %d"
              .formatted(seen.get().epoch(), event.epoch()));
    }
    if (seen.isPresent() && seen.get().hasApplied(event.epoch(), record.sequence())) {
      return new Outcome.Skipped("applied already");
    }
    long knownId = seen.map(State::remoteId).orElse(0L);
    try {
      Effect effect = bring(event, Before.of(seen, event));
      State state = new State(event.epoch(), record.sequence(), Optional.of(event), effect.id());
      if (!states.write(event.key(), state)) {
        return overtaken(event.key());
      }
      return effect.changed()
          ? new Outcome.Applied(effect.detail())
          : new Outcome.Skipped(effect.detail());
    } catch (ServiceTrouble trouble) {
      return new Outcome.Retry(String.valueOf(trouble.getMessage()), trouble.retryAfter());
    } catch (FirstService.Refused refused) {
      Outcome outcome = park(record, "refused", String.valueOf(refused.getMessage()));
      // Seen, though not applied: an older event must not be applied after it.
      states.write(
          event.key(), new State(event.epoch(), record.sequence(), Optional.empty(), knownId));
      return outcome;
    }
  }

  private Effect bring(JobEvent event, Before before)
      throws ServiceTrouble, FirstService.Refused, InterruptedException {
    return switch (event) {
      case JobEvent.Client client -> clients.apply(client, before);
      case JobEvent.Job job -> projects.apply(job, before);
    };
  }

  /**
   * Another worker applied a newer event of the key during our call, which may have landed after
   * its: puts the newer state back. Our own view of the row is what we wrote, so a difference
   * shows.
   */
  private Outcome overtaken(String key)
      throws StoreTrouble, ServiceTrouble, FirstService.Refused, InterruptedException {
    Optional<State> newer = states.read(key);
    LOG.warn("key {}: overtaken by another worker; putting its newer state back", key);
    if (newer.isPresent() && newer.get().applied().isPresent()) {
      bring(newer.get().applied().get(), new Before(newer.get().remoteId(), true));
    }
    return new Outcome.Skipped("a newer event was applied meanwhile");
  }

  private Outcome park(StreamRecord record, String reason, String detail)
      throws StoreTrouble, InterruptedException {
    parked.park(record, reason, detail);
    return new Outcome.Parked(reason);
  }
}
