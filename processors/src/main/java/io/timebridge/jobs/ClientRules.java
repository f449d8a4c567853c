package io.timebridge.jobs;

import io.timebridge.failure.StoreTrouble;
import io.timebridge.jobs.JobStates.Result;
import io.timebridge.ordering.Outcome;
import io.timebridge.services.ServiceTrouble;
import io.timebridge.services.first.FirstService;
import io.timebridge.services.first.FirstService.Client;
import io.timebridge.stream.JobEvent;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongFunction;
import java.util.stream.IntStream;

/**
 * One client in FirstService per client of SecondService, found by its external id, else adopted by
 * its exact name, else made: by its own event or by a job's, whichever comes first, always under an
 * intent in the client's own row.
 *
 * @implNote the locks only save calls and waits within a process: what holds between processes
 *     holds without them. They are striped by client id: bounded, and two clients of one stripe
 *     only wait for each other. They are held during calls, and taken before any lock of a {@link
 *     Directory}.
 */
final class ClientRules {
  private static final int STRIPES = 64;

  private final JobStates states;
  private final FramedCalls calls;
  private final Directory<Client> directory;
  private final ReentrantLock[] stripes =
      IntStream.range(0, STRIPES).mapToObj(i -> new ReentrantLock()).toArray(ReentrantLock[]::new);

  ClientRules(JobStates states, FramedCalls calls, Directory<Client> directory) {
    this.states = states;
    this.calls = calls;
    this.directory = directory;
  }

  /** Work that is done by one thread of this process at a time per client. */
  @FunctionalInterface
  private interface Exclusive<R> {
    R run() throws NotYet, ServiceTrouble, FirstService.Refused, StoreTrouble, InterruptedException;
  }

  private <R> R exclusively(long secondClientId, Exclusive<R> work)
      throws NotYet, ServiceTrouble, FirstService.Refused, StoreTrouble, InterruptedException {
    ReentrantLock stripe = stripes[Math.floorMod(secondClientId, STRIPES)];
    stripe.lockInterruptibly();
    try {
      return work.run();
    } finally {
      stripe.unlock();
    }
  }

  /** Brings the client to the state of its event; empty when the row is to be read again. */
  Optional<Outcome> apply(JobEvent.Client event, JobRow row, Position at)
      throws NotYet, ServiceTrouble, FirstService.Refused, StoreTrouble, InterruptedException {
    return exclusively(event.id(), () -> bring(event, row, at));
  }

  private Optional<Outcome> bring(JobEvent.Client event, JobRow row, Position at)
      throws ServiceTrouble, FirstService.Refused, StoreTrouble, InterruptedException {
    String externalId = Long.toString(event.id());
    LongFunction<Result> result = id -> new Result(at, Optional.of(event), id);
    Optional<Client> own = directory.locate(externalId, row);
    if (own.isEmpty()) {
      return make(event.id(), event.name(), row, at, result)
          .map(made -> new Outcome.Applied(made.what()));
    }
    long id = own.get().id();
    if (row.vouchesFor(event) && own.get().name().equals(event.name())) {
      return calls.note(event.key(), row, result.apply(id))
          ? Optional.of(new Outcome.Skipped("client is as it should be"))
          : Optional.empty();
    }
    Optional<Client> updated =
        calls.make(
            event.key(),
            row.knowing(id),
            at,
            first -> first.updateClient(id, event.name(), externalId),
            client -> result.apply(id));
    updated.ifPresent(directory::keep);
    return updated.map(client -> new Outcome.Applied("client " + id + " updated"));
  }

  /**
   * FirstService's id of the client; makes or adopts it where there is none, but leaves an existing
   * one as it is: its name is its own events' business.
   *
   * @throws NotYet while somebody else may be making it
   */
  long idOf(long secondClientId, String name)
      throws NotYet, ServiceTrouble, FirstService.Refused, StoreTrouble, InterruptedException {
    Optional<Client> known = directory.own(Long.toString(secondClientId));
    return known.isPresent()
        ? known.get().id()
        : exclusively(secondClientId, () -> ensure(secondClientId, name));
  }

  private long ensure(long secondClientId, String name)
      throws NotYet, ServiceTrouble, FirstService.Refused, StoreTrouble, InterruptedException {
    String externalId = Long.toString(secondClientId);
    String key = JobEvent.clientKey(secondClientId);
    Optional<Client> own = directory.own(externalId);
    for (int round = 0; round < JobApplier.ROUNDS; round++) {
      if (own.isPresent()) {
        return own.get().id();
      }
      JobRow row = states.read(key);
      calls.awaitTurn(key, row);
      own = directory.locate(externalId, row);
      if (own.isEmpty()) {
        String newest =
            row.applied()
                .map(event -> event instanceof JobEvent.Client c ? c.name() : name)
                .orElse(name);
        Optional<Made> made =
            make(
                secondClientId,
                newest,
                row,
                row.tried(),
                id -> new Result(row.seen(), row.applied(), id));
        if (made.isPresent()) {
          return made.get().id();
        }
      }
    }
    throw new NotYet("others write the row of " + key + " all the time", FramedCalls.LOOK_AGAIN);
  }

  private record Made(long id, String what) {}

  private Optional<Made> make(
      long secondClientId, String name, JobRow row, Position tried, LongFunction<Result> result)
      throws ServiceTrouble, FirstService.Refused, StoreTrouble, InterruptedException {
    String externalId = Long.toString(secondClientId);
    String key = JobEvent.clientKey(secondClientId);
    for (Client free : directory.unowned(client -> client.name().equals(name))) {
      if (states.claim("client-" + free.id(), key)) {
        Optional<Client> adopted =
            calls.make(
                key,
                row,
                tried,
                first -> first.updateClient(free.id(), name, externalId),
                client -> result.apply(free.id()));
        adopted.ifPresent(directory::keep);
        return adopted.map(c -> new Made(free.id(), "client " + free.id() + " adopted"));
      }
    }
    Optional<Client> created =
        calls.make(
            key,
            row,
            tried,
            first -> first.createClient(name, externalId),
            client -> result.apply(client.id()));
    created.ifPresent(directory::keep);
    return created.map(c -> new Made(c.id(), "client " + c.id() + " created"));
  }
}
