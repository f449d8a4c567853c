package io.timebridge.local.chaos;

import io.timebridge.local.sim.SimControl;
import io.timebridge.local.sim.http.Json;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What is there before the first run and stays: people, two labels with their tasks, and the jobs
 * on which time is tracked, with their projects.
 *
 * @param users FirstService's ids
 * @param labelTasks the tasks that labels name, by the labels' ids
 * @param jobs SecondService's ids of the jobs that time is tracked on
 * @param spare a job of the first client that no time is tracked on
 * @param projects FirstService's ids, by job
 */
record Company(
    List<Long> users,
    Map<Long, String> labelTasks,
    List<Long> clients,
    List<Long> jobs,
    Spare spare,
    Map<Long, Long> projects) {
  static final List<String> TASKS = List.of("Design", "Build");

  /** A job as it is when nobody has changed it. */
  record Spare(long id, String code, String name) {}

  Company {
    users = List.copyOf(users);
    labelTasks = Map.copyOf(labelTasks);
    clients = List.copyOf(clients);
    jobs = List.copyOf(jobs);
    projects = Map.copyOf(projects);
  }

  /** Founds it, without its projects: they come over the bridge. */
  static Company found(SimControl first, SimControl second) {
    List<Long> users = new ArrayList<>();
    for (int p = 0; p < ChaosTraffic.PEOPLE; p++) {
      String name = "Person " + (p + 1);
      long person =
          second
              .post("/__sim/personnel", Json.object().put("op", "add").put("strName", name))
              .path("idPersonnel")
              .longValue();
      ObjectNode user = Json.object().put("email", "p%d@example.org".formatted(p + 1));
      users.add(
          first
              .post(
                  "/__sim/users", user.put("name", name).put("external_id", Long.toString(person)))
              .path("id")
              .longValue());
    }
    Map<Long, String> labels = new LinkedHashMap<>();
    for (String task : TASKS) {
      ObjectNode label = Json.object().put("name", task).putNull("parent_id");
      labels.put(first.post("/__sim/labels", label).path("id").longValue(), task);
    }
    List<Long> clients = new ArrayList<>();
    List<Long> jobs = new ArrayList<>();
    for (int j = 0; j < ChaosTraffic.TRACKED_JOBS; j++) {
      if (j < 2) {
        clients.add(addClient(second, "C-" + (j + 1), "Client " + (j + 1)));
      }
      jobs.add(addJob(second, clients.get(j % 2), "T-" + (j + 1), "Tracked " + (j + 1)));
    }
    Spare spare = new Spare(addJob(second, clients.getFirst(), "S-1", "Spare"), "S-1", "Spare");
    return new Company(users, labels, clients, jobs, spare, Map.of());
  }

  static long addClient(SimControl second, String code, String name) {
    return second
        .post(
            "/__sim/clients",
            Json.object().put("op", "add").put("strClientCode", code).put("strClientName", name))
        .path("idClient")
        .longValue();
  }

  static long addJob(SimControl second, long client, String code, String name) {
    ObjectNode job = Json.object().put("op", "add").put("idClient", client);
    job.put("strJobCode", code).put("strJobName", name);
    TASKS.forEach(job.putArray("tasks")::add);
    return second.post("/__sim/jobs", job).path("idJob").longValue();
  }

  /**
   * The same with its projects.
   *
   * @throws TimeoutException if they have not come in time
   */
  Company awaitProjects(SimControl first, long deadlineNanos)
      throws InterruptedException, TimeoutException {
    while (true) {
      Map<Long, Long> found = new HashMap<>();
      for (JsonNode project : first.state().path("projects")) {
        String job = project.path("external_id").asString("");
        if (!job.isEmpty()) {
          found.putIfAbsent(Long.valueOf(job), project.path("id").longValue());
        }
      }
      if (found.keySet().containsAll(jobs)) {
        found.keySet().retainAll(jobs);
        return new Company(users, labelTasks, clients, jobs, spare, found);
      }
      if (System.nanoTime() - deadlineNanos > 0) {
        throw new TimeoutException("the jobs have not all become projects: " + found);
      }
      Thread.sleep(200);
    }
  }
}
