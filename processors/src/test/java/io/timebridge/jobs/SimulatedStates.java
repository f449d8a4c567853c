package io.timebridge.jobs;

import io.timebridge.failure.StoreTrouble;
import java.util.Random;

/**
 * The store as one process has it: every access is a step, and some end in trouble, before or after
 * they were done. Used by whoever has the turn.
 */
final class SimulatedStates implements JobStates {
  /** What a careless store would leave out. */
  enum Fault {
    NONE,
    WRITES_NO_INTENT,
    FORGETS_WHAT_WAS_TRIED,
    LETS_ANYBODY_ADOPT
  }

  private final String process;
  private final InMemoryJobStates store;
  private final Steps steps;
  private final Random random;
  private final Fault fault;

  SimulatedStates(
      String process, InMemoryJobStates store, Steps steps, Random random, Fault fault) {
    this.process = process;
    this.store = store;
    this.steps = steps;
    this.random = random;
    this.fault = fault;
  }

  @FunctionalInterface
  private interface Write {
    boolean run() throws StoreTrouble;
  }

  private boolean step(String what, String key, Write write)
      throws StoreTrouble, InterruptedException {
    troubleSometimes();
    boolean done = write.run();
    steps.log(() -> process + " " + what + " " + key + " " + done);
    steps.at(what);
    troubleSometimes();
    return done;
  }

  private void troubleSometimes() throws StoreTrouble {
    if (random.nextInt(60) == 0) {
      throw new StoreTrouble("throttled", null);
    }
  }

  @Override
  public JobRow read(String key) throws StoreTrouble, InterruptedException {
    troubleSometimes();
    JobRow row = store.read(key);
    steps.at("row read");
    return row;
  }

  @Override
  public boolean begin(String key, JobRow seen, JobRow.Intent intent, Position tried)
      throws StoreTrouble, InterruptedException {
    return step(
        "intent written",
        key,
        () ->
            switch (fault) {
              case WRITES_NO_INTENT -> true;
              case FORGETS_WHAT_WAS_TRIED -> store.begin(key, seen, intent, Position.NONE);
              case NONE, LETS_ANYBODY_ADOPT -> store.begin(key, seen, intent, tried);
            });
  }

  @Override
  public boolean finish(String key, String token, Result result)
      throws StoreTrouble, InterruptedException {
    return step(
        "state written",
        key,
        () ->
            fault == Fault.WRITES_NO_INTENT
                ? store.note(key, store.read(key), result)
                : store.finish(key, token, result));
  }

  @Override
  public boolean note(String key, JobRow seen, Result result)
      throws StoreTrouble, InterruptedException {
    return step("noted", key, () -> store.note(key, seen, result));
  }

  @Override
  public void release(String key, String token) throws StoreTrouble, InterruptedException {
    boolean _ =
        step(
            "intent given back",
            key,
            () -> {
              store.release(key, token);
              return true;
            });
  }

  @Override
  public boolean claim(String thing, String key) throws StoreTrouble, InterruptedException {
    return step(
        "claimed " + thing,
        key,
        () -> store.claim(thing, key) || fault == Fault.LETS_ANYBODY_ADOPT);
  }
}
