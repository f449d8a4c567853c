package io.timebridge.local.sim.http;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Every effect a simulator has accepted, in the order it took effect, numbered from 1 without a
 * gap. Append-only.
 *
 * <p>The simulators append while they hold the lock of their state, so the order of the ledger is
 * the order of the state.
 *
 * @implNote {@code lock} guards {@code entries}; nothing else is locked under it.
 */
public final class Ledger {
  private final ReentrantLock lock = new ReentrantLock();
  private final List<ObjectNode> entries = new ArrayList<>();
  private final InstantSource clock;

  /** An empty ledger that takes its times from the clock. */
  public Ledger(InstantSource clock) {
    this.clock = clock;
  }

  /** Writes down one effect; {@code ids} and {@code content} are copied. */
  public void append(String op, ObjectNode ids, ObjectNode content) {
    lock.lock();
    try {
      ObjectNode entry = Json.object();
      entry.put("n", entries.size() + 1L);
      entry.put("at", clock.instant().toString());
      entry.put("op", op);
      entry.set("ids", ids.deepCopy());
      entry.set("content", content.deepCopy());
      entries.add(entry);
    } finally {
      lock.unlock();
    }
  }

  /**
   * The effects numbered above {@code after}, at most {@code limit}. {@code last} is the number of
   * the last one answered ({@code after} when there is none), so asking again with it misses
   * nothing.
   */
  ObjectNode after(long after, int limit) {
    lock.lock();
    try {
      int from = Math.clamp(after, 0, entries.size());
      int to = (int) Math.min(entries.size(), (long) from + limit);
      ArrayNode found = Json.array();
      entries.subList(from, to).forEach(found::add);
      ObjectNode answer = Json.object();
      answer.set("entries", found);
      answer.put("last", to);
      return answer;
    } finally {
      lock.unlock();
    }
  }
}
