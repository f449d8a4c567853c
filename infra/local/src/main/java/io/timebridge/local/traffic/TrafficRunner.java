package io.timebridge.local.traffic;

import static io.timebridge.local.traffic.ControlClient.object;

import io.timebridge.local.traffic.TrafficPlan.Action;
import io.timebridge.local.traffic.TrafficPlan.AdminAction;
import io.timebridge.local.traffic.TrafficPlan.Client;
import io.timebridge.local.traffic.TrafficPlan.CloseJob;
import io.timebridge.local.traffic.TrafficPlan.Create;
import io.timebridge.local.traffic.TrafficPlan.Delete;
import io.timebridge.local.traffic.TrafficPlan.Edit;
import io.timebridge.local.traffic.TrafficPlan.Entry;
import io.timebridge.local.traffic.TrafficPlan.EntryAction;
import io.timebridge.local.traffic.TrafficPlan.Job;
import io.timebridge.local.traffic.TrafficPlan.Label;
import io.timebridge.local.traffic.TrafficPlan.MoveJob;
import io.timebridge.local.traffic.TrafficPlan.NewClient;
import io.timebridge.local.traffic.TrafficPlan.Person;
import io.timebridge.local.traffic.TrafficPlan.RecodeJob;
import io.timebridge.local.traffic.TrafficPlan.RenameClient;
import io.timebridge.local.traffic.TrafficPlan.RenameJob;
import io.timebridge.local.traffic.TrafficPlan.ReopenJob;
import io.timebridge.local.traffic.TrafficPlan.Target;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Carries a plan out in both simulators, one action after the other, over their control APIs: first
 * {@link #seedSecondService}, then {@link #seedFirstService}, then, once FirstService has the
 * projects ({@link #jobsWithoutProject} is empty), {@link #track}. Each once. Not thread-safe.
 *
 * <p>Every method throws {@link IOException} when a simulator cannot be reached or refuses; what
 * was done until then stays done.
 */
public final class TrafficRunner implements AutoCloseable {
  private final TrafficPlan plan;
  private final ControlClient first;
  private final ControlClient second;
  private final Pace pace;
  private final Progress progress;

  /**
   * @param actionsPerSecond of {@link #track}, at most; above 0. The plan's own times give the
   *     order only
   */
  public TrafficRunner(
      TrafficPlan plan, URI first, URI second, double actionsPerSecond, Progress progress) {
    this.plan = plan;
    this.first = new ControlClient(first);
    this.second = new ControlClient(second);
    this.pace = new Pace(actionsPerSecond, System::nanoTime, TimeUnit.NANOSECONDS::sleep);
    this.progress = progress;
  }

  /** Told after every step; must be quick. */
  @FunctionalInterface
  public interface Progress {
    /**
     * @param phase {@code clients}, {@code jobs}, {@code personnel}, {@code users}, {@code labels}
     *     or {@code actions}
     */
    void done(String phase, int done, int total);
  }

  /** SecondService's ids by place in the plan. {@code tasks}: per job, in the job's order. */
  public record SecondIds(
      List<Long> clients, List<Long> jobs, List<List<Long>> tasks, List<Long> personnel) {
    public SecondIds {
      clients = List.copyOf(clients);
      jobs = List.copyOf(jobs);
      tasks = List.copyOf(tasks);
      personnel = List.copyOf(personnel);
    }
  }

  /**
   * FirstService's ids by place in the plan.
   *
   * @param labelTasks the label mapping: label id -> task
   */
  public record FirstIds(List<Long> users, List<Long> labels, Map<Long, TaskRef> labelTasks) {
    public FirstIds {
      users = List.copyOf(users);
      labels = List.copyOf(labels);
      labelTasks = Map.copyOf(labelTasks);
    }
  }

  /**
   * What was done.
   *
   * @param entries FirstService's ids of the entries, by their number in the plan
   */
  public record Tracked(Map<Integer, Long> entries, int created, int edited, int deleted) {
    public Tracked {
      entries = Map.copyOf(entries);
    }
  }

  /** Adds clients, jobs with their tasks, and personnel. */
  public SecondIds seedSecondService() throws IOException, InterruptedException {
    List<Long> clients = new ArrayList<>();
    for (Client client : plan.clients()) {
      ObjectNode add = object().put("op", "add").put("strClientCode", client.code());
      JsonNode answer = second.post("/__sim/clients", add.put("strClientName", client.name()));
      clients.add(id(answer, "idClient"));
      progress.done("clients", clients.size(), plan.clients().size());
    }
    List<Long> jobs = new ArrayList<>();
    List<List<Long>> tasks = new ArrayList<>();
    for (Job job : plan.jobs()) {
      ObjectNode add = object().put("op", "add").put("idClient", clients.get(job.client()));
      add.put("strJobCode", job.code()).put("strJobName", job.name());
      ArrayNode names = add.putArray("tasks");
      job.tasks().forEach(names::add);
      JsonNode answer = second.post("/__sim/jobs", add);
      jobs.add(id(answer, "idJob"));
      tasks.add(taskIds(job, answer.path("tasks")));
      progress.done("jobs", jobs.size(), plan.jobs().size());
    }
    List<Long> personnel = new ArrayList<>();
    for (Person person : plan.people()) {
      ObjectNode add = object().put("op", "add").put("strName", person.name());
      personnel.add(id(second.post("/__sim/personnel", add), "idPersonnel"));
      progress.done("personnel", personnel.size(), plan.people().size());
    }
    return new SecondIds(clients, jobs, tasks, personnel);
  }

  private static List<Long> taskIds(Job job, JsonNode tasks) throws IOException {
    List<Long> ids = new ArrayList<>();
    for (String name : job.tasks()) {
      JsonNode task = null;
      for (JsonNode each : tasks) {
        if (each.path("strName").asString("").equals(name)) {
          task = each;
        }
      }
      if (task == null) {
        throw new IOException("job " + job.code() + " was made without its task " + name);
      }
      ids.add(id(task, "idTask"));
    }
    return ids;
  }

  /** Adds users (external id = their SecondService id, where the plan has it) and labels. */
  public FirstIds seedFirstService(SecondIds ids) throws IOException, InterruptedException {
    List<Long> users = new ArrayList<>();
    for (Person person : plan.people()) {
      ObjectNode add = object().put("email", person.email()).put("name", person.name());
      if (person.known()) {
        add.put("external_id", Long.toString(ids.personnel().get(users.size())));
      } else {
        add.putNull("external_id");
      }
      users.add(id(first.post("/__sim/users", add), "id"));
      progress.done("users", users.size(), plan.people().size());
    }
    List<Long> labels = new ArrayList<>();
    Map<Long, TaskRef> labelTasks = new LinkedHashMap<>();
    for (Label label : plan.labels()) {
      ObjectNode add = object().put("name", label.name());
      if (label.parent() >= 0) {
        add.put("parent_id", labels.get(label.parent()));
      } else {
        add.putNull("parent_id");
      }
      long id = id(first.post("/__sim/labels", add), "id");
      labels.add(id);
      switch (label.target()) {
        case Target.TaskNamed(String name) -> labelTasks.put(id, new TaskRef.ByName(name));
        case Target.TaskOf(int job, int task) ->
            labelTasks.put(id, new TaskRef.ById(ids.tasks().get(job).get(task)));
        case Target.Nothing() -> {}
      }
      progress.done("labels", labels.size(), plan.labels().size());
    }
    return new FirstIds(users, labels, labelTasks);
  }

  /**
   * SecondService ids of the jobs that are to have a project in FirstService and have no active one
   * yet: all but those of excluded clients, before {@link #track}.
   */
  public Set<Long> jobsWithoutProject(SecondIds ids) throws IOException, InterruptedException {
    return missing(ids, projects());
  }

  private Set<Long> missing(SecondIds ids, Map<String, Long> projects) {
    Set<Long> missing = new TreeSet<>();
    for (int j = 0; j < plan.jobs().size(); j++) {
      long job = ids.jobs().get(j);
      boolean wanted = !plan.clients().get(plan.jobs().get(j).client()).excluded();
      if (wanted && !projects.containsKey(Long.toString(job))) {
        missing.add(job);
      }
    }
    return missing;
  }

  private Map<String, Long> projects() throws IOException, InterruptedException {
    Map<String, Long> projects = new HashMap<>();
    for (JsonNode project : first.state().path("projects")) {
      if (project.path("active").asBoolean(false)) {
        projects.put(project.path("external_id").asString(""), id(project, "id"));
      }
    }
    return projects;
  }

  /** Waits before an admin reopens a job. */
  @FunctionalInterface
  public interface Reopening {
    /** Returns when the job may be reopened; {@code job}: its id. */
    void before(long job) throws InterruptedException;
  }

  /**
   * Lets people and admins do what the plan says, in its order.
   *
   * @throws IllegalStateException if a job has no project yet
   */
  public Tracked track(SecondIds secondIds, FirstIds firstIds, Reopening reopening)
      throws IOException, InterruptedException {
    Map<String, Long> projects = projects();
    Set<Long> missing = missing(secondIds, projects);
    if (!missing.isEmpty()) {
      throw new IllegalStateException("FirstService has no project yet for jobs " + missing);
    }
    Doing doing = new Doing(secondIds, firstIds, projects, reopening);
    int done = 0;
    for (Action action : plan.actions()) {
      pace.await();
      switch (action) {
        case EntryAction entry -> doing.user(entry);
        case AdminAction admin -> doing.admin(admin);
      }
      progress.done("actions", ++done, plan.actions().size());
    }
    return new Tracked(doing.entries, doing.created, doing.edited, doing.deleted);
  }

  /** One run of the plan's actions. */
  private final class Doing {
    private final SecondIds secondIds;
    private final FirstIds firstIds;
    private final Map<String, Long> projects;
    private final Reopening reopening;
    private final Map<Integer, Long> entries = new HashMap<>();
    private int created;
    private int edited;
    private int deleted;

    Doing(SecondIds secondIds, FirstIds firstIds, Map<String, Long> projects, Reopening reopening) {
      this.secondIds = secondIds;
      this.firstIds = firstIds;
      this.projects = projects;
      this.reopening = reopening;
    }

    void user(EntryAction action) throws IOException, InterruptedException {
      switch (action) {
        case Create create -> {
          ObjectNode body = content(create.content()).put("op", "create");
          entries.put(create.entry(), id(first.post("/__sim/entries", body), "id"));
          created++;
        }
        case Edit edit -> {
          ObjectNode body = content(edit.content()).put("op", "edit");
          first.post("/__sim/entries", body.put("id", known(edit.entry())));
          edited++;
        }
        case Delete delete -> {
          ObjectNode body = object().put("op", "delete");
          first.post("/__sim/entries", body.put("id", known(delete.entry())));
          deleted++;
        }
      }
    }

    private long known(int entry) {
      Long id = entries.get(entry);
      if (id == null) {
        throw new IllegalStateException("the plan changes entry " + entry + " before making it");
      }
      return id;
    }

    private ObjectNode content(Entry entry) {
      String job = Long.toString(secondIds.jobs().get(entry.job()));
      ObjectNode body =
          object()
              .put("user_id", firstIds.users().get(entry.person()))
              .put("project_id", projects.get(job))
              .put("day", entry.day().toString())
              .put("seconds", entry.seconds())
              .put("note", entry.note())
              .put("from", entry.from().toString())
              .put("to", entry.to().toString());
      ArrayNode labels = body.putArray("label_ids");
      entry.labels().forEach(label -> labels.add(firstIds.labels().get(label)));
      return body;
    }

    void admin(AdminAction action) throws IOException, InterruptedException {
      switch (action) {
        case RenameClient rename ->
            second.post(
                "/__sim/clients",
                object()
                    .put("op", "rename")
                    .put("idClient", secondIds.clients().get(rename.client()))
                    .put("strClientName", rename.name()));
        case RenameJob rename ->
            second.post(
                "/__sim/jobs", job("rename", rename.job()).put("strJobName", rename.name()));
        case MoveJob move ->
            second.post(
                "/__sim/jobs",
                job("move", move.job()).put("idClient", secondIds.clients().get(move.client())));
        case RecodeJob recode ->
            second.post(
                "/__sim/jobs", job("rename", recode.job()).put("strJobCode", recode.code()));
        case CloseJob close -> second.post("/__sim/jobs", job("close", close.job()));
        case ReopenJob reopen -> {
          reopening.before(secondIds.jobs().get(reopen.job()));
          second.post("/__sim/jobs", job("reopen", reopen.job()));
        }
        case NewClient client -> {
          ObjectNode add = object().put("op", "add").put("strClientCode", client.code());
          JsonNode made = second.post("/__sim/clients", add.put("strClientName", client.name()));
          ObjectNode job = object().put("op", "add").put("idClient", id(made, "idClient"));
          job.put("strJobCode", client.jobCode()).put("strJobName", client.jobName());
          job.putArray("tasks");
          second.post("/__sim/jobs", job);
        }
      }
    }

    private ObjectNode job(String op, int job) {
      return object().put("op", op).put("idJob", secondIds.jobs().get(job));
    }
  }

  private static long id(JsonNode answer, String field) throws IOException {
    JsonNode id = answer.path(field);
    if (!id.isIntegralNumber()) {
      throw new IOException("the simulator's answer lacks " + field + ": " + answer);
    }
    return id.longValue();
  }

  /** Lets its connections go. */
  @Override
  public void close() {
    first.close();
    second.close();
  }
}
