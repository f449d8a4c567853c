package io.timebridge.jobs;

import io.timebridge.services.ServiceTrouble;
import io.timebridge.services.first.FirstService;
import io.timebridge.services.first.FirstService.Client;
import io.timebridge.stream.JobEvent;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/**
 * One client in FirstService per client of SecondService.
 *
 * <p>All that could make or adopt one is done under the client's lock, so that within one process
 * concurrent jobs of a new client make one client. Two processes (the client's own event and its
 * jobs' may be on different shards) can still both look, find none, and create: the window is the
 * age of the listing looked at plus one call. Everything then uses the one of the lower id.
 *
 * @implNote the locks are striped by client id: bounded, and two clients of one stripe only wait
 *     for each other. They are held during calls, and taken before any lock of a {@link Directory}.
 */
final class ClientRules {
  private static final int STRIPES = 64;

  private final FirstService first;
  private final Directory<Client> directory;
  private final ReentrantLock[] stripes =
      IntStream.range(0, STRIPES).mapToObj(i -> new ReentrantLock()).toArray(ReentrantLock[]::new);

  ClientRules(FirstService first, Directory<Client> directory) {
    this.first = first;
    this.directory = directory;
  }

  /** Work that is done by one thread at a time per client. */
  @FunctionalInterface
  interface Exclusive<T> {
    T run() throws ServiceTrouble, FirstService.Refused, InterruptedException;
  }

  <T> T exclusively(long secondClientId, Exclusive<T> work)
      throws ServiceTrouble, FirstService.Refused, InterruptedException {
    ReentrantLock stripe = stripes[Math.floorMod(secondClientId, STRIPES)];
    stripe.lockInterruptibly();
    try {
      return work.run();
    } finally {
      stripe.unlock();
    }
  }

  /** Brings the client to the state of its event. */
  Effect apply(JobEvent.Client client, Before before)
      throws ServiceTrouble, FirstService.Refused, InterruptedException {
    directory.expect(before.id());
    return exclusively(
        client.id(),
        () -> {
          Effect there = ensure(client.id(), client.name(), before.id());
          String name = there.name();
          if (!there.changed() && name.equals(client.name()) && before.another()) {
            name = directory.findNow(c -> c.id() == there.id()).map(Client::name).orElse(name);
          }
          String externalId = Long.toString(client.id());
          if (there.changed() || name.equals(client.name())) {
            // only the client's own events may say so: a job knows nothing of a rename under way
            directory.settled(externalId);
            return there;
          }
          directory.write(
              externalId, () -> first.updateClient(there.id(), client.name(), externalId));
          return new Effect("client " + there.id() + " updated", true, there.id(), client.name());
        });
  }

  /**
   * FirstService's id of the client; makes or adopts it where there is none, but leaves an existing
   * one as it is: its name is its own events' business.
   */
  long idOf(long secondClientId, String name)
      throws ServiceTrouble, FirstService.Refused, InterruptedException {
    return exclusively(secondClientId, () -> ensure(secondClientId, name, 0)).id();
  }

  private Effect ensure(long secondClientId, String name, long knownId)
      throws ServiceTrouble, FirstService.Refused, InterruptedException {
    String externalId = Long.toString(secondClientId);
    Predicate<Client> mine = c -> c.externalId().equals(externalId);
    Optional<Client> own = directory.find(externalId, mine);
    if (own.isEmpty()) {
      own = knownId > 0 ? directory.findNow(mine) : directory.findFresh(mine);
    }
    if (own.isPresent()) {
      return new Effect("client is as it should be", false, own.get().id(), own.get().name());
    }
    Optional<Client> unowned =
        directory.findFresh(c -> c.externalId().isEmpty() && c.name().equals(name));
    if (unowned.isPresent()) {
      long id = unowned.get().id();
      directory.write(externalId, () -> first.updateClient(id, name, externalId));
      return new Effect("client " + id + " adopted", true, id, name);
    }
    Client made = directory.write(externalId, () -> first.createClient(name, externalId));
    return new Effect("client " + made.id() + " created", true, made.id(), name);
  }
}
