package io.timebridge.local.chaos;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * What people and admins do in one run, in order: a function of the seed. Every entry can be booked
 * at any time; every version of an entry has a duration of its own, so that each effect tells which
 * version it is of. A webhook that gets lost is followed by another change of its entry. Immutable.
 *
 * @param actions of people and admins, mixed
 */
record ChaosTraffic(List<Action> actions) {
  /** People and tracked jobs there are to choose from. */
  static final int PEOPLE = 3;

  static final int TRACKED_JOBS = 3;

  private static final int JOB_DEEDS = 24;
  private static final double LOST = 0.06;

  ChaosTraffic {
    actions = List.copyOf(actions);
  }

  /** One thing somebody does. */
  sealed interface Action {}

  /** What is done to an entry. */
  enum Deed {
    CREATE,
    EDIT,
    MOVE_DAY,
    MOVE_PERSON,
    MOVE_JOB,
    DELETE,
    RESTORE
  }

  /**
   * A change of an entry, numbered from 0 in this run.
   *
   * @param lost whether its webhooks get lost
   * @param pick for what the deed leaves open: day, person or job
   */
  record OfEntry(int entry, Deed deed, boolean lost, int pick) implements Action {}

  /** What is done to the jobs. */
  enum JobDeed {
    /** A new client and its first job. */
    NEW_CLIENT,
    NEW_JOB,
    RENAME_JOB,
    RECODE_JOB,
    RENAME_TRACKED_JOB,
    RENAME_CLIENT,
    MOVE_JOB,
    CLOSE_JOB,
    REOPEN_JOB
  }

  record OfJobs(JobDeed deed, int pick) implements Action {}

  static ChaosTraffic generate(long seed) {
    Random random = new Random(seed * 31 + 7);
    int entries = 20 + random.nextInt(11);
    List<List<Action>> scripts = new ArrayList<>();
    for (int e = 0; e < entries; e++) {
      scripts.add(life(e, random));
    }
    List<Action> jobs = new ArrayList<>();
    jobs.add(new OfJobs(JobDeed.NEW_CLIENT, 0));
    jobs.add(new OfJobs(JobDeed.NEW_JOB, 0));
    JobDeed[] deeds = JobDeed.values();
    for (int i = 0; i < JOB_DEEDS; i++) {
      jobs.add(new OfJobs(deeds[1 + random.nextInt(deeds.length - 1)], random.nextInt(1000)));
    }
    scripts.add(jobs);
    return new ChaosTraffic(mixed(scripts, random));
  }

  private static List<Action> life(int entry, Random random) {
    List<Action> life = new ArrayList<>();
    life.add(new OfEntry(entry, Deed.CREATE, false, random.nextInt(1000)));
    boolean deleted = false;
    int changes = random.nextInt(5);
    for (int c = 0; c < changes; c++) {
      Deed deed;
      if (deleted) {
        deed = Deed.RESTORE;
      } else {
        int kind = random.nextInt(100);
        deed =
            kind < 45
                ? Deed.EDIT
                : kind < 58
                    ? Deed.MOVE_DAY
                    : kind < 68 ? Deed.MOVE_PERSON : kind < 80 ? Deed.MOVE_JOB : Deed.DELETE;
      }
      deleted = deed == Deed.DELETE;
      life.add(new OfEntry(entry, deed, false, random.nextInt(1000)));
    }
    for (int i = 0; i < life.size() - 1; i++) { // the last one always arrives
      if (random.nextDouble() < LOST) {
        OfEntry it = (OfEntry) life.get(i);
        life.set(i, new OfEntry(entry, it.deed(), true, it.pick()));
      }
    }
    return life;
  }

  /** One list in which each script keeps its order. */
  private static List<Action> mixed(List<List<Action>> scripts, Random random) {
    List<Integer> turns = new ArrayList<>();
    for (int s = 0; s < scripts.size(); s++) {
      turns.addAll(Collections.nCopies(scripts.get(s).size(), s));
    }
    Collections.shuffle(turns, random);
    int[] next = new int[scripts.size()];
    List<Action> mixed = new ArrayList<>();
    for (int script : turns) {
      mixed.add(scripts.get(script).get(next[script]++));
    }
    return mixed;
  }
}
