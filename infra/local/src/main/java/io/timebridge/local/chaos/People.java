package io.timebridge.local.chaos;

import io.timebridge.local.chaos.ChaosTraffic.Action;
import io.timebridge.local.chaos.ChaosTraffic.Deed;
import io.timebridge.local.chaos.ChaosTraffic.JobDeed;
import io.timebridge.local.chaos.ChaosTraffic.OfEntry;
import io.timebridge.local.chaos.ChaosTraffic.OfJobs;
import io.timebridge.local.sim.SimControl;
import io.timebridge.local.sim.http.Json;
import io.timebridge.local.traffic.LedgerJudge;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/** Does in the simulators what a run's traffic says, and knows what it touched. For one run. */
final class People {
  private static final int SHORTEST_SECONDS = 600;

  private final Company company;
  private final SimControl first;
  private final SimControl second;
  private final long seed;
  private final Random random;
  private final Map<Integer, Long> entries = new HashMap<>();
  private final Map<Long, Integer> versions = new HashMap<>();
  private final List<Long> newClients = new ArrayList<>();
  private final List<Long> newJobs = new ArrayList<>();
  private final Set<Long> touchedJobs = new HashSet<>();
  private final Set<Long> touchedClients = new HashSet<>();
  private int names;
  private int flips;
  private int deliverySeeds;

  People(Company company, SimControl first, SimControl second, long seed) {
    this.company = company;
    this.first = first;
    this.second = second;
    this.seed = seed;
    this.random = new Random(seed);
  }

  void act(Action action) {
    switch (action) {
      case OfEntry it -> act(it);
      case OfJobs it -> act(it);
    }
  }

  private void act(OfEntry it) {
    if (it.lost()) {
      deliveries(1);
    }
    Long id = entries.get(it.entry());
    if (id == null) {
      entries.put(it.entry(), create(it.pick()));
    } else {
      first.post("/__sim/entries", changed(id, it));
    }
    if (it.lost()) {
      deliveries(0);
    }
  }

  private long create(int pick) {
    ObjectNode entry = Json.object().put("op", "create");
    entry.put("user_id", company.users().get(pick % company.users().size()));
    entry.put("project_id", project(pick / 3));
    entry.put("day", day(pick)).put("note", "run " + seed).put("seconds", SHORTEST_SECONDS);
    entry.putArray("label_ids").add(oneOf(new ArrayList<>(company.labelTasks().keySet()), pick));
    long id = first.post("/__sim/entries", entry).path("id").longValue();
    versions.put(id, 0);
    return id;
  }

  private ObjectNode changed(long id, OfEntry it) {
    if (it.deed() == Deed.DELETE || it.deed() == Deed.RESTORE) {
      String op = it.deed() == Deed.DELETE ? "delete" : "restore";
      return Json.object().put("op", op).put("id", id);
    }
    ObjectNode edit = Json.object().put("op", "edit").put("id", id);
    edit.put("seconds", SHORTEST_SECONDS + 60 * versions.merge(id, 1, Integer::sum));
    switch (it.deed()) {
      case MOVE_DAY -> edit.put("day", day(it.pick()));
      case MOVE_PERSON -> edit.put("user_id", oneOf(company.users(), it.pick()));
      case MOVE_JOB -> edit.put("project_id", project(it.pick()));
      case CREATE, EDIT, DELETE, RESTORE -> {} // the new duration is the edit
    }
    return edit;
  }

  private long project(int pick) {
    Long project = company.projects().get(oneOf(company.jobs(), pick));
    if (project == null) {
      throw new IllegalStateException("a tracked job has no project");
    }
    return project;
  }

  private static String day(int pick) {
    return "2026-07-%02d".formatted(1 + pick % 28);
  }

  private static long oneOf(List<Long> all, int pick) {
    return all.get(pick % all.size());
  }

  private void act(OfJobs it) {
    int pick = it.pick();
    switch (it.deed()) {
      case NEW_CLIENT -> {
        String name = name("Client");
        newClients.add(Company.addClient(second, "C-" + name.substring(7), name));
        touchedClients.add(newClients.getLast());
        newJob(newClients.getLast());
      }
      case NEW_JOB -> newJob(oneOf(newClients, pick));
      case RENAME_JOB -> job("rename", newJobs, pick, "strJobName", name("Job"));
      case RECODE_JOB -> job("rename", newJobs, pick, "strJobCode", "J-" + name("").strip());
      case RENAME_TRACKED_JOB -> job("rename", company.jobs(), pick, "strJobName", name("Tracked"));
      case MOVE_JOB -> job("move", newJobs, pick, "idClient", client(pick));
      case CLOSE_JOB -> job("close", newJobs, pick, "", "");
      case REOPEN_JOB -> job("reopen", newJobs, pick, "", "");
      case RENAME_CLIENT ->
          second.post(
              "/__sim/clients",
              Json.object()
                  .put("op", "rename")
                  .put("idClient", client(pick))
                  .put("strClientName", name("Client")));
    }
  }

  private void newJob(long client) {
    String name = name("Job");
    newJobs.add(Company.addJob(second, client, "J-" + name.substring(4), name));
    touchedJobs.add(newJobs.getLast());
  }

  private void job(String op, List<Long> among, int pick, String field, Object value) {
    long job = oneOf(among, pick);
    touchedJobs.add(job);
    ObjectNode change = Json.object().put("op", op).put("idJob", job);
    switch (value) {
      case Long id -> change.put(field, id);
      case String text when !field.isEmpty() -> change.put(field, text);
      default -> {} // nothing but the op
    }
    second.post("/__sim/jobs", change);
  }

  /** A client of this run or of the company. */
  private long client(int pick) {
    List<Long> all = new ArrayList<>(newClients);
    all.addAll(company.clients());
    long client = oneOf(all, pick);
    touchedClients.add(client);
    return client;
  }

  private String name(String what) {
    return "%s %d/%d".formatted(what, seed, ++names);
  }

  /**
   * A change of the spare job, in turn: another name, another code, another client, closed; and
   * back again with the next call.
   */
  void flip() {
    Company.Spare spare = company.spare();
    touchedJobs.add(spare.id());
    boolean there = flips % 2 == 0;
    List<Long> its = List.of(spare.id());
    switch ((int) Math.floorMod(seed + flips / 2, 4L)) {
      case 0 -> job("rename", its, 0, "strJobName", there ? name("Spare") : spare.name());
      case 1 -> job("rename", its, 0, "strJobCode", there ? name("S") : spare.code());
      case 2 -> job("move", its, 0, "idClient", company.clients().get(there ? 1 : 0));
      default -> job(there ? "close" : "reopen", its, 0, "", "");
    }
    flips++;
  }

  /** Takes back what {@link #flip} has changed last; nothing when it is as it was. */
  void flipBack() {
    if (flips % 2 == 1) {
      flip();
    }
  }

  /** Something more that makes that path's workers do something. */
  void nudge(Service service) {
    if (service == Service.FIRST) {
      act(
          new OfJobs(
              random.nextInt(3) == 0 ? JobDeed.NEW_CLIENT : JobDeed.NEW_JOB, random.nextInt(1000)));
    } else {
      int next = entries.size();
      act(new OfEntry(1000 + next, Deed.CREATE, false, random.nextInt(1000)));
      act(new OfEntry(1000 + next, Deed.EDIT, false, random.nextInt(1000)));
    }
  }

  /** Events of one entry that cannot be folded into one. */
  void nudgeToWait() {
    int next = 1000 + entries.size();
    for (Deed deed : List.of(Deed.CREATE, Deed.EDIT, Deed.DELETE)) {
      act(new OfEntry(next, deed, false, random.nextInt(1000)));
    }
    act(new OfEntry(next + 1, Deed.CREATE, false, random.nextInt(1000)));
    act(new OfEntry(next + 1, Deed.EDIT, false, random.nextInt(1000)));
  }

  /** How webhooks are delivered from now on. */
  void deliveries(double lose) {
    first.post(
        "/__sim/delivery",
        """
        {"shape":"mixed","scheme":"mixed","duplicate":0.15,"reorder":0.15,"lose":%s,"maxDelayMillis":800,"seed":%d}\
        """
            .formatted(lose, seed * 1000 + ++deliverySeeds));
  }

  /** Webhooks arrive once and in order. */
  void calmDeliveries() {
    first.post("/__sim/delivery", "{\"duplicate\":0,\"reorder\":0,\"lose\":0}");
  }

  int entryCount() {
    return entries.size();
  }

  LedgerJudge.Scope scope() {
    return new LedgerJudge.Scope(
        Set.copyOf(entries.values()), touchedJobs, touchedClients, company.labelTasks());
  }
}
