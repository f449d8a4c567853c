package io.timebridge.local.sim.second;

import io.timebridge.local.sim.http.BadRequest;
import io.timebridge.local.sim.http.Json;
import io.timebridge.local.sim.http.Ledger;
import io.timebridge.local.sim.second.Rows.Client;
import io.timebridge.local.sim.second.Rows.Job;
import io.timebridge.local.sim.second.Rows.Person;
import io.timebridge.local.sim.second.Rows.Task;
import io.timebridge.local.sim.second.Rows.Timesheet;
import java.time.InstantSource;
import java.time.LocalDate;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Clients, jobs, tasks, people and timesheets. Every change is made whole and written to the ledger
 * under one lock. Ids of the five kinds come from ranges that do not meet, and are never used
 * again, unless a loss takes those of timesheets back.
 *
 * @implNote {@code lock} guards all fields; it is reentrant, and the ledger's lock is the only one
 *     taken under it.
 */
final class Books {
  private final ReentrantLock lock = new ReentrantLock();
  private final TreeMap<Long, Client> clients = new TreeMap<>();
  private final TreeMap<Long, Job> jobs = new TreeMap<>();
  private final TreeMap<Long, Task> tasks = new TreeMap<>();
  private final TreeMap<Long, Person> people = new TreeMap<>();
  private final TreeMap<Long, Timesheet> timesheets = new TreeMap<>();
  private final Ledger ledger;
  private final InstantSource clock;
  private long lastClient = 1_000;
  private long lastJob = 5_000;
  private long lastTask = 20_000;
  private long lastPerson = 300;
  private long lastTimesheet = 700_000;
  private LocalDate lockedBefore = LocalDate.MIN;

  Books(Ledger ledger, InstantSource clock) {
    this.ledger = ledger;
    this.clock = clock;
  }

  private <T> T locked(Supplier<T> work) {
    lock.lock();
    try {
      return work.get();
    } finally {
      lock.unlock();
    }
  }

  // ---- timesheets, as the API changes them

  Result addTimesheet(Map<String, String> form) {
    return locked(() ->
        switch (new TimesheetForm(form).check(lastTimesheet + 1, this, clock.instant())) {
          case TimesheetForm.Checked.Bad(Problem problem) -> new Result.Refused(problem);
          case TimesheetForm.Checked.Good(Timesheet timesheet) -> {
            lastTimesheet++;
            yield kept("timesheet.add", timesheet);
          }
        });
  }

  /** Replaces the whole timesheet; one that stands in a locked period cannot be moved out of it. */
  Result updateTimesheet(Map<String, String> form) {
    long id = TimesheetForm.id(form, "idTimesheet");
    return locked(() ->
        changeable(form, id)
            .<Result>map(Result.Refused::new)
            .orElseGet(() ->
                switch (new TimesheetForm(form).check(id, this, clock.instant())) {
                  case TimesheetForm.Checked.Bad(Problem problem) -> new Result.Refused(problem);
                  case TimesheetForm.Checked.Good(Timesheet timesheet) ->
                      kept("timesheet.update", timesheet);
                }));
  }

  Result deleteTimesheet(Map<String, String> form) {
    long id = TimesheetForm.id(form, "idTimesheet");
    return locked(
        () -> changeable(form, id).<Result>map(Result.Refused::new).orElseGet(() -> removed(id)));
  }

  private Optional<Problem> changeable(Map<String, String> form, long id) {
    Timesheet old = timesheets.get(id);
    if (old == null) {
      String given = form.getOrDefault("idTimesheet", "");
      return Optional.of(new Problem("unknown timesheet", given));
    }
    return locked(old.date())
        ? Optional.of(new Problem("locked period", old.date().toString()))
        : Optional.empty();
  }

  private Result kept(String op, Timesheet timesheet) {
    timesheets.put(timesheet.id(), timesheet);
    ledger.append(op, Json.object().put("idTimesheet", timesheet.id()), timesheet.json());
    return new Result.Done(timesheet.id());
  }

  private Result removed(long id) {
    ObjectNode last = present(timesheets, id, "timesheet").json().put("deleted", true);
    timesheets.remove(id);
    ledger.append("timesheet.delete", Json.object().put("idTimesheet", id), last);
    return new Result.Done(id);
  }

  // ---- timesheets, as an admin changes them by hand: no rule but existence

  ObjectNode editTimesheet(long id, UnaryOperator<Timesheet> change) {
    return locked(() -> {
      Timesheet edited = change.apply(present(timesheets, id, "timesheet"));
      kept("timesheet.update", edited);
      return edited.json();
    });
  }

  ObjectNode eraseTimesheet(long id) {
    return locked(() -> {
      removed(id);
      return Json.object();
    });
  }

  /**
   * All timesheets are lost, and perhaps the ids that were given as well: the next is {@code next}.
   */
  ObjectNode loseTimesheets(Optional<Long> next) {
    return locked(() -> {
      List.copyOf(timesheets.keySet()).forEach(this::removed);
      next.ifPresent(id -> lastTimesheet = id - 1);
      return Json.object();
    });
  }

  // ---- clients, jobs, tasks, people: an effect that changes nothing is no effect

  ObjectNode addClient(String code, String name) {
    return locked(() -> {
      Client client = new Client(++lastClient, code, name, false);
      clients.put(client.id(), client);
      ledger.append("client.add", ids(client), client.json());
      return Json.object().put("idClient", client.id());
    });
  }

  ObjectNode changeClient(String op, long id, UnaryOperator<Client> change) {
    return locked(() -> {
      Client old = present(clients, id, "client");
      Client changed = change.apply(old);
      if (!changed.equals(old)) {
        clients.put(id, changed);
        ledger.append(op, ids(changed), changed.json());
      }
      return changed.json();
    });
  }

  ObjectNode addJob(long client, String code, String name, List<String> taskNames) {
    return locked(() -> {
      present(clients, client, "client");
      Job job = new Job(++lastJob, client, code, name, false, false);
      jobs.put(job.id(), job);
      ledger.append("job.add", ids(job), job.json());
      ObjectNode answer = Json.object().put("idJob", job.id());
      ArrayNode added = answer.putArray("tasks");
      taskNames.forEach(each -> added.add(addTask(job.id(), each)));
      return answer;
    });
  }

  ObjectNode changeJob(String op, long id, UnaryOperator<Job> change) {
    return locked(() -> {
      Job old = present(jobs, id, "job");
      Job changed = change.apply(old);
      present(clients, changed.client(), "client");
      if (!changed.equals(old)) {
        jobs.put(id, changed);
        ledger.append(op, ids(changed), changed.json());
      }
      return changed.json();
    });
  }

  ObjectNode addTask(long job, String name) {
    return locked(() -> {
      present(jobs, job, "job");
      Task task = new Task(++lastTask, job, name);
      tasks.put(task.id(), task);
      ledger.append(
          "task.add", Json.object().put("idTask", task.id()).put("idJob", job), task.json());
      return Json.object().put("idTask", task.id()).put("strName", name);
    });
  }

  ObjectNode addPerson(String name) {
    return locked(() -> {
      Person person = new Person(++lastPerson, name);
      people.put(person.id(), person);
      ObjectNode id = Json.object().put("idPersonnel", person.id());
      ledger.append("personnel.add", id, person.json());
      return id;
    });
  }

  ObjectNode lockBefore(LocalDate day) {
    return locked(() -> {
      ObjectNode content = Json.object().put("before", day.toString());
      if (!day.equals(lockedBefore)) {
        lockedBefore = day;
        ledger.append("period.lock", Json.object(), content);
      }
      return content;
    });
  }

  // ---- reading

  Optional<Client> client(long id) {
    return locked(() -> Optional.ofNullable(clients.get(id)));
  }

  Optional<Job> job(long id) {
    return locked(() -> Optional.ofNullable(jobs.get(id)));
  }

  Optional<Task> task(long id) {
    return locked(() -> Optional.ofNullable(tasks.get(id)));
  }

  boolean hasPerson(long id) {
    return locked(() -> people.containsKey(id));
  }

  boolean locked(LocalDate day) {
    return locked(() -> day.isBefore(lockedBefore));
  }

  List<Client> clients() {
    return locked(() -> List.copyOf(clients.values()));
  }

  List<Task> tasksOf(long job) {
    return locked(() -> tasks.values().stream().filter(task -> task.job() == job).toList());
  }

  List<Timesheet> timesheets() {
    return locked(() -> List.copyOf(timesheets.values()));
  }

  /** A job with the client it belonged to at that moment. */
  record Placed(Job job, Client client) {}

  List<Placed> jobs() {
    return locked(() ->
        jobs.values().stream()
            .map(job -> new Placed(job, present(clients, job.client(), "client")))
            .toList());
  }

  ObjectNode state() {
    return locked(() -> {
      ObjectNode state = Json.object();
      state.set("clients", list(clients.values(), Client::json));
      state.set("jobs", list(jobs.values(), Job::json));
      state.set("tasks", list(tasks.values(), Task::json));
      state.set("timesheets", list(timesheets.values(), Timesheet::json));
      state.set("personnel", list(people.values(), Person::json));
      return state;
    });
  }

  private static <T> ArrayNode list(Collection<T> all, Function<T, ObjectNode> json) {
    ArrayNode array = Json.array();
    all.forEach(each -> array.add(json.apply(each)));
    return array;
  }

  private static ObjectNode ids(Client client) {
    return Json.object().put("idClient", client.id());
  }

  private static ObjectNode ids(Job job) {
    return Json.object().put("idJob", job.id());
  }

  private static <T> T present(Map<Long, T> all, long id, String kind) {
    T found = all.get(id);
    if (found == null) {
      throw new BadRequest("there is no " + kind + " " + id);
    }
    return found;
  }
}
