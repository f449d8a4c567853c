package io.timebridge.local.sim.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.locks.ReentrantLock;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The faults in force, in the order they were posted. The first that matches and draws true fires;
 * a {@code delay} that fires adds its wait and lets a following one fire too. Each fault draws from
 * its own seed, once for every call it is asked about, so the sequence of its draws is the same in
 * every run.
 *
 * @implNote {@code lock} guards {@code armed} and everything in it.
 */
final class Faults {
  private static final int MOST = 1_000;

  private final ReentrantLock lock = new ReentrantLock();
  private final List<Armed> armed = new ArrayList<>();

  /**
   * What strikes a call: a wait before anything else, then perhaps a fault with its own drawn wait.
   */
  record Strike(long delayMillis, Optional<Fault> fault, long faultMillis) {}

  private static final class Armed {
    private final Fault fault;
    private final Random random;
    private long fired;

    Armed(Fault fault) {
      this.fault = fault;
      this.random = new Random(fault.seed());
    }

    boolean fires(String line) {
      boolean spent = fault.count() >= 0 && fired >= fault.count();
      if (spent || !fault.match().matcher(line).find()) {
        return false;
      }
      if (random.nextDouble() >= fault.probability()) {
        return false;
      }
      fired++;
      return true;
    }

    long millis() {
      return random.nextLong(fault.minMillis(), fault.maxMillis() + 1);
    }
  }

  Strike draw(String line) {
    lock.lock();
    try {
      long delay = 0;
      for (Armed each : armed) {
        if (!each.fires(line)) {
          continue;
        }
        if (each.fault.action() != Fault.Action.DELAY) {
          return new Strike(delay, Optional.of(each.fault), each.millis());
        }
        delay += each.millis();
      }
      return new Strike(delay, Optional.empty(), 0);
    } finally {
      lock.unlock();
    }
  }

  /** Appends one fault or an array of them, all or none. */
  void add(JsonNode body) {
    List<Armed> more = new ArrayList<>();
    if (body.isArray()) {
      body.values().forEach(each -> more.add(new Armed(Fault.of(each))));
    } else {
      more.add(new Armed(Fault.of(body)));
    }
    lock.lock();
    try {
      if (armed.size() + more.size() > MOST) {
        throw new BadRequest("more than " + MOST + " faults; DELETE /__sim/faults first");
      }
      armed.addAll(more);
    } finally {
      lock.unlock();
    }
  }

  void clear() {
    lock.lock();
    try {
      armed.clear();
    } finally {
      lock.unlock();
    }
  }

  ArrayNode json() {
    lock.lock();
    try {
      ArrayNode all = Json.array();
      for (Armed each : armed) {
        ObjectNode json = each.fault.json();
        json.put("fired", each.fired);
        all.add(json);
      }
      return all;
    } finally {
      lock.unlock();
    }
  }
}
