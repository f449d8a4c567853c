package io.timebridge.local.demo;

import static io.timebridge.local.sim.second.WrongListing.THREE_LOOKS;

import io.timebridge.local.sim.SimControl;
import io.timebridge.local.sim.second.WrongListing;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Spoils SecondService's listings in every way, one after the other, each for three looks at least,
 * and changes a job of its own clients during each. For one use by one thread.
 */
final class HostilePoll {
  private static final Duration LOOK_EVERY = Duration.ofMillis(100);

  private static final String NAME =
      "Job %d \"double\" 'single' \u201ctypographic\u201d \u2018too\u2019 `back` \u00abguillemets\u00bb \u201elow\u201c \\ & <b> ''";

  private final SimControl second;
  private final Evidence evidence;
  private final Duration within;

  /**
   * @param within the longest wait for one fault to have struck, or one change to have arrived
   */
  HostilePoll(SimControl second, Evidence evidence, Duration within) {
    this.second = second;
    this.evidence = evidence;
    this.within = within;
  }

  /**
   * Goes through all of them; how many there were.
   *
   * @throws IOException when a fault did not strike, or a change did not arrive, in time
   */
  int run(Consumer<String> progress) throws IOException, InterruptedException {
    long here = client("HP-1");
    long there = client("HP-2");
    List<WrongListing> forms = List.of(WrongListing.values());
    List<Long> jobs = new ArrayList<>();
    for (int i = 0; i < forms.size(); i++) {
      jobs.add(job(here, i));
    }
    for (long job : jobs) { // one that never had a project is not archived either
      awaitProject(job, true);
    }
    for (int i = 0; i < forms.size(); i++) {
      progress.accept("listings: " + forms.get(i));
      second.faults(forms.get(i).fault(THREE_LOOKS));
      change(jobs, i, there);
      await(forms.get(i));
    }
    return forms.size();
  }

  /** In turn: another name, another code, another client, closed, and that one reopened. */
  private void change(List<Long> jobs, int i, long there) throws IOException, InterruptedException {
    long job = jobs.get(i);
    switch (i % 5) {
      case 0 -> post(job("rename", job).put("strJobName", NAME.formatted(1_000 + i)));
      case 1 -> post(job("rename", job).put("strJobCode", "HP/" + i));
      case 2 -> post(job("move", job).put("idClient", there));
      case 3 -> post(job("close", job));
      default -> {
        long closed = jobs.get(i - 1);
        awaitProject(closed, false);
        post(job("reopen", closed));
      }
    }
  }

  private void awaitProject(long job, boolean active) throws IOException, InterruptedException {
    if (!evidence.awaitProject(job, active, within, LOOK_EVERY)) {
      throw new IOException(
          "job %d has no project that is %s after %s"
              .formatted(job, active ? "active" : "archived", within));
    }
  }

  private void await(WrongListing wrong) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + within.toNanos();
    while (struck(wrong) < THREE_LOOKS) {
      if (System.nanoTime() - deadline > 0) {
        throw new IOException("%s struck %d times in %s".formatted(wrong, struck(wrong), within));
      }
      Thread.sleep(LOOK_EVERY);
    }
  }

  private long struck(WrongListing wrong) {
    return second
        .faults()
        .valueStream()
        .filter(fault -> fault.path("seed").longValue() == wrong.seed())
        .mapToLong(fault -> fault.path("fired").longValue())
        .sum();
  }

  private long client(String code) {
    ObjectNode add = object("add").put("strClientCode", code);
    JsonNode made =
        second.post("/__sim/clients", add.put("strClientName", NAME.formatted(0) + code));
    return made.path("idClient").longValue();
  }

  private long job(long client, int i) {
    ObjectNode add = object("add").put("idClient", client).put("strJobCode", "HP-" + i);
    add.put("strJobName", NAME.formatted(i)).putArray("tasks").add("Design");
    return second.post("/__sim/jobs", add).path("idJob").longValue();
  }

  private static ObjectNode job(String op, long id) {
    return object(op).put("idJob", id);
  }

  private static ObjectNode object(String op) {
    return JsonNodeFactory.instance.objectNode().put("op", op);
  }

  private void post(ObjectNode change) {
    second.post("/__sim/jobs", change);
  }
}
