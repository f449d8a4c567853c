package io.timebridge.local.kinesis;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The failures someone has asked for, and what they do to each call. Thread-safe.
 *
 * @implNote {@code lock} guards {@code rules} and everything in them.
 */
final class Faults {

  private static final int MAX_RULES = 100;
  private static final int MAX_DELAY_MILLIS = 60_000;

  private final ReentrantLock lock = new ReentrantLock();
  private final List<Rule> rules = new ArrayList<>();

  /** What a rule does to a call it hits. */
  enum Action {
    /** PutRecords only: some of its records fail, the others are kept. */
    PARTIAL_FAIL("partial-fail"),
    /** Refused with ProvisionedThroughputExceededException; nothing is done. */
    THROTTLE("throttle"),
    /** Refused with HTTP 500; nothing is done. */
    ERROR_500("error500"),
    /** Done later. */
    DELAY("delay"),
    /** Done, but the connection is cut instead of an answer. */
    DROP("drop");

    private final String word;

    Action(String word) {
      this.word = word;
    }

    static Action of(String word) {
      for (Action action : values()) {
        if (action.word.equals(word)) {
          return action;
        }
      }
      throw KinesisError.constraint(
          "action", "'" + word + "'", "be one of partial-fail, throttle, error500, delay, drop");
    }
  }

  /**
   * What is to happen to one call.
   *
   * @param delayMillis to wait first
   * @param refusal the error to answer with, instead of doing anything
   * @param dropsAnswer whether the connection is cut after the work is done
   */
  record Verdict(
      long delayMillis,
      Optional<KinesisError> refusal,
      boolean dropsAnswer,
      Optional<PartialFailure> partial) {

    static final Verdict NONE = new Verdict(0, Optional.empty(), false, Optional.empty());
  }

  /** A random, never empty choice among the records of one call. */
  record PartialFailure(long seed, double fraction) {

    BitSet pick(int records) {
      Random random = new Random(seed);
      BitSet failing = new BitSet(records);
      for (int i = 0; i < records; i++) {
        failing.set(i, random.nextDouble() < fraction);
      }
      if (failing.isEmpty()) {
        failing.set(random.nextInt(records));
      }
      return failing;
    }
  }

  private static final class Rule {
    private final String op;
    private final Action action;
    private final Optional<String> stream;
    private final double probability;
    private final double fraction;
    private final int millis;
    private final long seed;
    private final Random random;
    private @Nullable Integer left;
    private long hits;

    Rule(Request request) {
      op = request.required("op", 1, 64);
      action = Action.of(request.required("action"));
      stream = request.text("stream");
      probability = request.share("probability").orElse(1.0);
      fraction = request.share("fraction").orElse(0.5);
      millis = request.integer("millis", 0, MAX_DELAY_MILLIS, 0);
      seed =
          request
              .optionalInteger("seed", Integer.MIN_VALUE, Integer.MAX_VALUE)
              .map(Integer::longValue)
              .orElseGet(ThreadLocalRandom.current()::nextLong);
      random = new Random(seed);
      left = request.optionalInteger("count", 1, Integer.MAX_VALUE).orElse(null);
      if (action == Action.PARTIAL_FAIL && !op.equals("PutRecords")) {
        throw KinesisError.invalid(
            "partial-fail goes with op PutRecords only, not with " + op + ".");
      }
      if (action == Action.DELAY && millis == 0) {
        throw KinesisError.invalid("delay needs millis of 1 to " + MAX_DELAY_MILLIS + ".");
      }
    }

    boolean hits(String calledOp, Optional<String> calledStream) {
      boolean meant =
          (op.equals("*") || op.equals(calledOp))
              && (stream.isEmpty() || stream.equals(calledStream));
      if (!meant || (left != null && left == 0) || random.nextDouble() >= probability) {
        return false;
      }
      left = left == null ? null : left - 1;
      hits++;
      return true;
    }

    ObjectNode described() {
      ObjectNode described =
          Json.object()
              .put("op", op)
              .put("action", action.word)
              .put("probability", probability)
              .put("fraction", fraction)
              .put("millis", millis)
              .put("seed", seed)
              .put("hits", hits);
      stream.ifPresent(name -> described.put("stream", name));
      if (left != null) {
        described.put("left", left.intValue());
      }
      return described;
    }
  }

  /** Adds the rule a request describes, and describes it in turn. */
  ObjectNode add(Request request) {
    Rule rule = new Rule(request);
    lock.lock();
    try {
      if (rules.size() >= MAX_RULES) {
        throw new KinesisError(
            KinesisError.Type.LIMIT_EXCEEDED,
            "There are " + MAX_RULES + " faults already: DELETE them first.");
      }
      rules.add(rule);
      return rule.described();
    } finally {
      lock.unlock();
    }
  }

  void clear() {
    lock.lock();
    try {
      rules.clear();
    } finally {
      lock.unlock();
    }
  }

  ArrayNode list() {
    ArrayNode described = Request.JSON.createArrayNode();
    lock.lock();
    try {
      rules.forEach(rule -> described.add(rule.described()));
    } finally {
      lock.unlock();
    }
    return described;
  }

  /**
   * Decides over one call. Delays of several rules add up; of several refusals the first counts.
   */
  Verdict draw(String op, Optional<String> stream) {
    lock.lock();
    try {
      Verdict verdict = Verdict.NONE;
      for (Rule rule : rules) {
        if (rule.hits(op, stream)) {
          verdict = joined(verdict, rule);
        }
      }
      return verdict;
    } finally {
      lock.unlock();
    }
  }

  private static Verdict joined(Verdict so, Rule rule) {
    return switch (rule.action) {
      case DELAY ->
          new Verdict(so.delayMillis() + rule.millis, so.refusal(), so.dropsAnswer(), so.partial());
      case DROP -> new Verdict(so.delayMillis(), so.refusal(), true, so.partial());
      case THROTTLE ->
          refused(so, RecordOperations.throughputExceeded("a shard", rule.stream.orElse("any")));
      case ERROR_500 ->
          refused(
              so, new KinesisError(KinesisError.Type.INTERNAL_FAILURE, "Internal Service Failure"));
      case PARTIAL_FAIL ->
          new Verdict(
              so.delayMillis(),
              so.refusal(),
              so.dropsAnswer(),
              Optional.of(new PartialFailure(rule.random.nextLong(), rule.fraction)));
    };
  }

  private static Verdict refused(Verdict so, KinesisError error) {
    return new Verdict(
        so.delayMillis(),
        so.refusal().or(() -> Optional.of(error)),
        so.dropsAnswer(),
        so.partial());
  }
}
