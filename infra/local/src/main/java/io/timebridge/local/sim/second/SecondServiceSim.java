package io.timebridge.local.sim.second;

import io.timebridge.local.net.Listen;
import io.timebridge.local.sim.http.CallWatch;
import io.timebridge.local.sim.http.Ledger;
import io.timebridge.local.sim.http.SimServer;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;

/**
 * SecondService as a real HTTP server on 127.0.0.1: its API under {@code /service/api/}, the
 * control API under {@code /__sim/}. State lives in memory and ends with {@link #close}.
 * Thread-safe.
 */
public final class SecondServiceSim implements AutoCloseable {
  private final SimServer server;

  private SecondServiceSim(SimServer server) {
    this.server = server;
  }

  /**
   * Starts one.
   *
   * @throws IOException if the port cannot be bound
   */
  public static SecondServiceSim start(Options options) throws IOException {
    return start(options, Listen.LOOPBACK);
  }

  /** As {@link #start(Options)}, on these addresses. */
  public static SecondServiceSim start(Options options, Listen listen) throws IOException {
    Ledger ledger = new Ledger(options.clock());
    return new SecondServiceSim(
        SimServer.start(listen, options.port(), new SecondService(options, ledger), ledger));
  }

  /** {@code http://127.0.0.1:port}, the {@code {base}} of its API. */
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

  /** Stops at once; late effects that are still to come never come. */
  @Override
  public void close() {
    server.close();
  }

  /**
   * The one account that may log in. Defaults: org {@code acme-org}, user {@code timebridge},
   * password {@code second-secret}.
   */
  public record Account(String org, String user, String password) {}

  /**
   * The rules of sessions.
   *
   * @param life a session ends this long after its login, used or not; default 15 minutes
   * @param maxPerUser one more login ends the oldest; default 4
   * @param loginsPerMinute more than this in any 60 s are refused; default 60
   */
  public record Sessions(Duration life, int maxPerUser, int loginsPerMinute) {}

  /**
   * How slow and how narrow it is.
   *
   * @param minMillis least time of a call; default 0
   * @param maxMillis longest time of a call; default 0
   * @param maxConcurrent calls at a time, more get 429 or 503; default 4
   */
  public record Load(long minMillis, long maxMillis, int maxConcurrent) {
    /** Checks the bounds. */
    public Load {
      if (minMillis < 0 || maxMillis < minMillis || maxConcurrent < 1) {
        throw new IllegalArgumentException(
            "latency " + minMillis + " to " + maxMillis + " ms, concurrent " + maxConcurrent);
      }
    }
  }

  /**
   * How odd its answers are.
   *
   * @param headerSeed order of the {@code hdr} columns; 0 (default) is the order of the contract
   * @param oldTaskList whether tasks come as {@code [{idTask, strName}]}; default false
   * @param numbersAsStrings probability that a number arrives as a string; default 0.1
   * @param emptyUpdates probability that an update succeeds with {@code {}}; default 0.25
   * @param addsWithoutId probability that an add succeeds with {@code {}}; default 0
   * @param seed of all the draws; default 1
   */
  public record Quirks(
      long headerSeed,
      boolean oldTaskList,
      double numbersAsStrings,
      double emptyUpdates,
      double addsWithoutId,
      long seed) {}

  /**
   * All options.
   *
   * @param port 0 (default) for any free one
   * @param clock tells when sessions end and logins are counted; default the system's
   */
  public record Options(
      int port, Account account, Sessions sessions, Load load, Quirks quirks, InstantSource clock) {

    /** The defaults named at each part. */
    public static Options defaults() {
      return new Options(
          0,
          new Account("acme-org", "timebridge", "second-secret"),
          new Sessions(Duration.ofMinutes(15), 4, 60),
          new Load(0, 0, 4),
          new Quirks(0, false, 0.1, 0.25, 0, 1),
          InstantSource.system());
    }

    /** With this port. */
    public Options withPort(int value) {
      return new Options(value, account, sessions, load, quirks, clock);
    }

    /** With this account. */
    public Options withAccount(Account value) {
      return new Options(port, value, sessions, load, quirks, clock);
    }

    /** With these session rules. */
    public Options withSessions(Sessions value) {
      return new Options(port, account, value, load, quirks, clock);
    }

    /** With sessions of this length. */
    public Options withSessionLife(Duration life) {
      return withSessions(new Sessions(life, sessions.maxPerUser, sessions.loginsPerMinute));
    }

    /** With this many sessions of one user at a time. */
    public Options withMaxSessionsPerUser(int most) {
      return withSessions(new Sessions(sessions.life, most, sessions.loginsPerMinute));
    }

    /** With this many logins in a minute. */
    public Options withLoginsPerMinute(int most) {
      return withSessions(new Sessions(sessions.life, sessions.maxPerUser, most));
    }

    /** With calls that take from {@code minMillis} to {@code maxMillis}. */
    public Options withLatency(long minMillis, long maxMillis) {
      return withLoad(new Load(minMillis, maxMillis, load.maxConcurrent));
    }

    /** With this many calls at a time. */
    public Options withMaxConcurrent(int most) {
      return withLoad(new Load(load.minMillis, load.maxMillis, most));
    }

    /** With this load. */
    public Options withLoad(Load value) {
      return new Options(port, account, sessions, value, quirks, clock);
    }

    /** With these quirks. */
    public Options withQuirks(Quirks value) {
      return new Options(port, account, sessions, load, value, clock);
    }

    /** With this order of columns. */
    public Options withHeaderSeed(long value) {
      return withQuirks(
          new Quirks(
              value,
              quirks.oldTaskList,
              quirks.numbersAsStrings,
              quirks.emptyUpdates,
              quirks.addsWithoutId,
              quirks.seed));
    }

    /** With the older or the newer form of the task list. */
    public Options withOldTaskList(boolean value) {
      return withQuirks(
          new Quirks(
              quirks.headerSeed,
              value,
              quirks.numbersAsStrings,
              quirks.emptyUpdates,
              quirks.addsWithoutId,
              quirks.seed));
    }

    /** With this seed for all draws. */
    public Options withSeed(long value) {
      return withQuirks(
          new Quirks(
              quirks.headerSeed,
              quirks.oldTaskList,
              quirks.numbersAsStrings,
              quirks.emptyUpdates,
              quirks.addsWithoutId,
              value));
    }

    /** With this clock. */
    public Options withClock(InstantSource value) {
      return new Options(port, account, sessions, load, quirks, value);
    }
  }
}
