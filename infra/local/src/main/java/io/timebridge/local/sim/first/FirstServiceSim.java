package io.timebridge.local.sim.first;

import io.timebridge.local.net.Listen;
import io.timebridge.local.sim.http.CallWatch;
import io.timebridge.local.sim.http.Ledger;
import io.timebridge.local.sim.http.SimServer;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * FirstService as a real HTTP server on 127.0.0.1: its API under {@code /1.1/}, the control API
 * under {@code /__sim/}, and the webhooks it delivers. State lives in memory and ends with {@link
 * #close}. Thread-safe.
 */
public final class FirstServiceSim implements AutoCloseable {
  private final SimServer server;
  private final Deliveries deliveries;

  private FirstServiceSim(SimServer server, Deliveries deliveries) {
    this.server = server;
    this.deliveries = deliveries;
  }

  /**
   * Starts one.
   *
   * @throws IOException if the port cannot be bound
   */
  public static FirstServiceSim start(Options options) throws IOException {
    return start(options, Listen.LOOPBACK);
  }

  /**
   * As {@link #start(Options)}, on these addresses; where it is not loopback alone, a webhook may
   * go to any host by plain http, too.
   */
  public static FirstServiceSim start(Options options, Listen listen) throws IOException {
    Ledger ledger = new Ledger(options.clock());
    WebhookBook webhooks = new WebhookBook(ledger, listen);
    Deliveries deliveries = new Deliveries(options.sender(), options.clock(), webhooks);
    Workspace workspace = new Workspace(options, ledger, deliveries);
    FirstService service = new FirstService(options, ledger, workspace, webhooks, deliveries);
    return new FirstServiceSim(
        SimServer.start(listen, options.port(), service, ledger), deliveries);
  }

  /** {@code http://127.0.0.1:port}. */
  public URI baseUri() {
    return server.baseUri();
  }

  /**
   * Opens one more port to the same service; see {@link SimServer#openDoor}.
   *
   * @throws IOException if no port can be bound
   */
  public URI openDoor() throws IOException {
    return server.openDoor();
  }

  /** Shows every call to {@code watcher}. */
  public void watch(CallWatch watcher) {
    server.watch(watcher);
  }

  /** Stops at once; deliveries and late effects that are still to come never come. */
  @Override
  public void close() {
    server.close();
    deliveries.close();
  }

  /**
   * Who may call.
   *
   * @param clientId default {@code first-client}
   * @param clientSecret default {@code first-client-secret}
   * @param accessToken valid at the start; default {@code first-access}
   * @param refreshToken valid at the start; default {@code first-refresh}
   * @param tokenLife how long access tokens last; null (default) is for ever
   * @param refreshEndsAccess whether a refresh also ends the access token that came with the old
   *     refresh token; default true
   */
  public record Credentials(
      String clientId,
      String clientSecret,
      String accessToken,
      String refreshToken,
      @Nullable Duration tokenLife,
      boolean refreshEndsAccess) {}

  /**
   * How webhooks are sent.
   *
   * @param concurrency deliveries in flight at a time; default 16
   * @param retryBase wait before the second attempt, doubled for each further one; default 200 ms
   * @param attempts of one delivery before it has failed; default 8
   * @param timeout of one attempt; default 5 s
   * @param switchOffAfter failed attempts in a row that switch a webhook off; default 1000
   */
  public record Sender(
      int concurrency, Duration retryBase, int attempts, Duration timeout, int switchOffAfter) {}

  /**
   * How odd its answers are.
   *
   * @param callsPerSecond more get 429, with and without Retry-After in turn; 0 (default) is no
   *     limit
   * @param deletedAs200 probability that a deleted entry is answered as 200 with {@code deleted:
   *     true}, not as 404; default 0.2
   * @param durationAsSeconds probability that an Event's duration is a plain number; default 0
   * @param sameSecondTies whether two changes of one entry within a second share their updated_at;
   *     default false
   * @param deleteWithoutUpdatedAt whether the full webhook of a delete lacks updated_at; default
   *     false
   * @param seed of all these draws; default 1
   */
  public record Quirks(
      int callsPerSecond,
      double deletedAs200,
      double durationAsSeconds,
      boolean sameSecondTies,
      boolean deleteWithoutUpdatedAt,
      long seed) {}

  /**
   * All options.
   *
   * @param port 0 (default) for any free one
   * @param accountId the account in the paths; default 77
   * @param clock tells times and when tokens end; default the system's
   */
  public record Options(
      int port,
      long accountId,
      Credentials credentials,
      Sender sender,
      Quirks quirks,
      InstantSource clock) {

    /** The defaults named at each part. */
    public static Options defaults() {
      return new Options(
          0,
          77,
          new Credentials(
              "first-client", "first-client-secret", "first-access", "first-refresh", null, true),
          new Sender(16, Duration.ofMillis(200), 8, Duration.ofSeconds(5), 1000),
          new Quirks(0, 0.2, 0, false, false, 1),
          InstantSource.system());
    }

    /** With this port. */
    public Options withPort(int value) {
      return new Options(value, accountId, credentials, sender, quirks, clock);
    }

    /** With this account. */
    public Options withAccountId(long value) {
      return new Options(port, value, credentials, sender, quirks, clock);
    }

    /** With these credentials. */
    public Options withCredentials(Credentials value) {
      return new Options(port, accountId, value, sender, quirks, clock);
    }

    /** With access tokens that last this long; null for ever. */
    public Options withTokenLife(@Nullable Duration life) {
      return withCredentials(
          new Credentials(
              credentials.clientId,
              credentials.clientSecret,
              credentials.accessToken,
              credentials.refreshToken,
              life,
              credentials.refreshEndsAccess));
    }

    /** With this way of sending webhooks. */
    public Options withSender(Sender value) {
      return new Options(port, accountId, credentials, value, quirks, clock);
    }

    /** With this many deliveries in flight at a time. */
    public Options withDeliveryConcurrency(int most) {
      return withSender(
          new Sender(
              most, sender.retryBase, sender.attempts, sender.timeout, sender.switchOffAfter));
    }

    /** With this wait before the second attempt of a delivery. */
    public Options withRetryBase(Duration base) {
      return withSender(
          new Sender(
              sender.concurrency, base, sender.attempts, sender.timeout, sender.switchOffAfter));
    }

    /** With these quirks. */
    public Options withQuirks(Quirks value) {
      return new Options(port, accountId, credentials, sender, value, clock);
    }

    /** With this clock. */
    public Options withClock(InstantSource value) {
      return new Options(port, accountId, credentials, sender, quirks, value);
    }
  }
}
