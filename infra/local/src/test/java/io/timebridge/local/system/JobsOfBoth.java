package io.timebridge.local.system;

import io.timebridge.local.sim.SimControl;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The jobs of SecondService, and what has become of them in FirstService. */
record JobsOfBoth(SimControl first, SimControl second) {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  static JobsOfBoth of(LocalSystem system) {
    return of(system.simulators());
  }

  static JobsOfBoth of(Simulators simulators) {
    return new JobsOfBoth(simulators.first(), simulators.second());
  }

  /**
   * A client with so many jobs.
   *
   * @param name with a place for a number
   * @return the jobs' ids
   */
  List<Long> found(int jobs, String name) {
    ObjectNode client = JSON.createObjectNode().put("op", "add");
    client.put("strClientCode", "ACME").put("strClientName", name.formatted(0));
    long id = second.post("/__sim/clients", client).path("idClient").longValue();
    List<Long> ids = new ArrayList<>();
    for (int i = 1; i <= jobs; i++) {
      ObjectNode job = JSON.createObjectNode().put("op", "add").put("idClient", id);
      job.put("strJobCode", "J-" + i).put("strJobName", name.formatted(i)).putArray("tasks");
      ids.add(second.post("/__sim/jobs", job).path("idJob").longValue());
    }
    return ids;
  }

  void close(long job) {
    change("close", job);
  }

  void reopen(long job) {
    change("reopen", job);
  }

  private void change(String op, long job) {
    second.post("/__sim/jobs", JSON.createObjectNode().put("op", op).put("idJob", job));
  }

  /** Jobs whose project is there and not archived. */
  Set<Long> live() {
    return projects(false);
  }

  /** Jobs whose project is archived. */
  Set<Long> archived() {
    return projects(true);
  }

  private Set<Long> projects(boolean archived) {
    return first
        .state()
        .path("projects")
        .valueStream()
        .filter(p -> p.path("active").asBoolean() != archived)
        .map(p -> Long.parseLong(p.path("external_id").asString()))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Everything in FirstService's ledger that took a client or a project away. */
  List<String> deletions() {
    return first.ledger(0).stream()
        .map(SimControl.Effect::op)
        .filter(op -> op.endsWith(".delete") && !op.startsWith("webhook"))
        .toList();
  }

  void rename(long job, String name) {
    second.post(
        "/__sim/jobs",
        JSON.createObjectNode().put("op", "rename").put("idJob", job).put("strJobName", name));
  }

  /** What its project is called; empty when there is none. */
  String name(long job) {
    return first
        .state()
        .path("projects")
        .valueStream()
        .filter(p -> p.path("external_id").asString("").equals(Long.toString(job)))
        .map(p -> p.path("name").asString())
        .findFirst()
        .orElse("");
  }

  /** What its project was called, one name after the other. */
  List<String> names(long job) {
    List<String> names = new ArrayList<>();
    for (SimControl.Effect effect : first.ledger(0)) {
      String name = effect.content().path("name").asString("");
      if (effect.op().startsWith("project.")
          && effect.content().path("external_id").asString("").equals(Long.toString(job))
          && (names.isEmpty() || !names.getLast().equals(name))) {
        names.add(name);
      }
    }
    return names;
  }

  /** Jobs whose project was archived at any time. */
  Set<Long> everArchived() {
    return first.ledger(0).stream()
        .filter(e -> e.op().startsWith("project.") && !e.content().path("active").asBoolean())
        .map(e -> Long.parseLong(e.content().path("external_id").asString()))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** How many projects a job was given. */
  long creations(long job) {
    return first.ledger(0).stream()
        .filter(e -> e.op().equals("project.create"))
        .filter(e -> e.content().path("external_id").asString("").equals(Long.toString(job)))
        .count();
  }
}
