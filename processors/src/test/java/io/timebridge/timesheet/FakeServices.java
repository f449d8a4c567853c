package io.timebridge.timesheet;

import io.timebridge.services.ServiceTrouble;
import io.timebridge.services.first.FirstService;
import io.timebridge.services.second.SecondService;
import io.timebridge.stream.EntryId;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Both services in memory: FirstService's entries, SecondService's timesheets, and troubles on
 * demand. Not thread-safe.
 */
final class FakeServices {
  static final JsonMapper JSON = JsonMapper.builder().build();

  final Map<Long, ObjectNode> entries = new TreeMap<>();
  final Map<Long, SecondService.Timesheet> timesheets = new TreeMap<>();
  final List<String> calls = new ArrayList<>();
  private long nextId = 900;

  /** What happens to the next changing call; after that, all goes well again. */
  enum Mishap {
    NONE,
    LOST_ANSWER,
    LOST_REQUEST,
    NOT_DONE
  }

  Mishap next = Mishap.NONE;
  Optional<SecondService.Answer.Refused> refuse = Optional.empty();
  boolean addsWithoutId;
  int failingReports;
  int emptyReports;
  int emptyTaskLists;
  Optional<java.time.Duration> circuitOpenFor = Optional.empty();
  Optional<ServiceTrouble> firstFails = Optional.empty();
  Optional<ServiceTrouble> firstShut = Optional.empty();

  /** Of FirstService's users; empty = none. */
  final Map<Long, String> externalIds = new TreeMap<>(Map.of(3L, "17"));

  final List<FirstService.Project> projects = new ArrayList<>();
  final Map<Long, List<SecondService.Task>> tasks = new TreeMap<>();
  final List<Long> openJobs = new ArrayList<>(List.of(41L));
  Optional<ServiceTrouble> listingsFail = Optional.empty();

  /** Pieces of work that may begin yet, of SecondService. */
  int leaves = Integer.MAX_VALUE;

  int listings;

  private <T> List<T> listing(List<T> rows) throws ServiceTrouble {
    listings++;
    if (listingsFail.isPresent()) {
      throw listingsFail.get();
    }
    return rows;
  }

  void addByHand(long person, String day, String description) {
    timesheets.put(
        ++nextId,
        new SecondService.Timesheet(
            7, 41, 6, person, java.math.BigDecimal.ONE, LocalDate.parse(day), description));
  }

  ObjectNode entry(long id, long version, long seconds) {
    ObjectNode e = JSON.createObjectNode();
    e.put("id", id).put("updated_at", version).put("day", "2026-07-03").put("note", "v" + version);
    e.putObject("user").put("id", 3);
    ObjectNode project = e.putObject("project").put("external_id", "41");
    project.putObject("client").put("external_id", "7");
    e.putObject("duration").put("total_seconds", seconds);
    e.putArray("label_ids").add(10).add(11);
    entries.put(id, e);
    return e.deepCopy();
  }

  FirstService first() {
    return new First();
  }

  SecondService second() {
    return new Second(() -> true);
  }

  private final class First implements FirstService {
    @Override
    public void requireOpen() throws ServiceTrouble {
      if (firstShut.isPresent()) {
        throw firstShut.get();
      }
    }

    @Override
    public FirstService sendingOnlyWhile(BooleanSupplier maySend) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Lookup event(EntryId id) throws ServiceTrouble {
      calls.add("fetch");
      if (firstFails.isPresent()) {
        throw firstFails.get();
      }
      JsonNode entry = entries.get(id.value());
      return entry == null ? new Lookup.Gone() : new Lookup.Found(entry.deepCopy());
    }

    @Override
    public List<Label> labels() {
      return List.of(
          new Label(10, "Work", 0, true),
          new Label(11, "Design", 10, true),
          new Label(12, "Unmapped", 0, true),
          new Label(13, "By id", 0, true));
    }

    @Override
    public Optional<User> user(long id) {
      calls.add("user " + id);
      return Optional.of(
          new User(id, "a@example.org", "A", externalIds.getOrDefault(id, ""), true));
    }

    @Override
    public List<Project> projects() throws ServiceTrouble {
      return listing(projects);
    }

    @Override
    public List<FirstService.Client> clients() throws ServiceTrouble {
      return listing(List.of(new FirstService.Client(70, "Acme", "7")));
    }

    @Override
    public List<User> users() throws ServiceTrouble {
      return listing(externalIds.keySet().stream().map(id -> user(id).orElseThrow()).toList());
    }

    @Override
    public FirstService.Client createClient(String name, String externalId) {
      throw new UnsupportedOperationException();
    }

    @Override
    public FirstService.Client updateClient(long id, String name, String externalId) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Project createProject(String name, String externalId, long clientId) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Project enableLabels(long projectId, Set<Long> labelIds) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Project updateProject(
        long id, String name, String externalId, long clientId, boolean active) {
      throw new UnsupportedOperationException();
    }
  }

  private final class Second implements SecondService {
    private final BooleanSupplier maySend;

    Second(BooleanSupplier maySend) {
      this.maySend = maySend;
    }

    @Override
    public void requireOpen() throws ServiceTrouble {
      if (circuitOpenFor.isPresent()) {
        throw new ServiceTrouble(
            ServiceTrouble.Kind.CIRCUIT_OPEN, "open", circuitOpenFor.get(), null);
      }
    }

    @Override
    public void admit() throws ServiceTrouble {
      requireOpen();
      if (leaves == 0) {
        throw new ServiceTrouble(
            ServiceTrouble.Kind.CIRCUIT_OPEN,
            "others first",
            java.time.Duration.ofSeconds(1),
            null);
      }
      leaves--;
    }

    @Override
    public SecondService sendingOnlyWhile(BooleanSupplier may) {
      return new Second(may);
    }

    @Override
    public Answer add(Timesheet timesheet) throws ServiceTrouble {
      return call(
          "add",
          () -> {
            timesheets.put(++nextId, timesheet);
            return new Answer.Done(addsWithoutId ? 0 : nextId);
          });
    }

    @Override
    public Answer update(long id, Timesheet timesheet) throws ServiceTrouble {
      return call(
          "update",
          () ->
              timesheets.replace(id, timesheet) == null
                  ? new Answer.Refused(Reason.UNKNOWN_TIMESHEET, "unknown timesheet")
                  : new Answer.Done(id));
    }

    @Override
    public Answer delete(long id) throws ServiceTrouble {
      return call(
          "delete",
          () ->
              timesheets.remove(id) == null
                  ? new Answer.Refused(Reason.UNKNOWN_TIMESHEET, "unknown timesheet")
                  : new Answer.Done(id));
    }

    private Answer call(String name, java.util.function.Supplier<Answer> effect)
        throws ServiceTrouble {
      if (!maySend.getAsBoolean()) {
        throw new ServiceTrouble(ServiceTrouble.Kind.NOT_DONE, "too late to send");
      }
      Mishap mishap = next;
      next = Mishap.NONE;
      calls.add(name);
      switch (mishap) {
        case LOST_REQUEST -> throw new ServiceTrouble(ServiceTrouble.Kind.UNKNOWN, "timed out");
        case NOT_DONE -> throw new ServiceTrouble(ServiceTrouble.Kind.NOT_DONE, "429");
        case LOST_ANSWER, NONE -> {
          if (refuse.isPresent()) {
            return refuse.get();
          }
        }
      }
      Answer answer = effect.get();
      if (mishap == Mishap.LOST_ANSWER) {
        throw new ServiceTrouble(ServiceTrouble.Kind.UNKNOWN, "connection reset");
      }
      return answer;
    }

    @Override
    public List<ReportedTimesheet> timesheets(long personId, LocalDate from, LocalDate to)
        throws ServiceTrouble {
      calls.add("look");
      if (failingReports > 0) {
        failingReports--;
        throw new ServiceTrouble(ServiceTrouble.Kind.NOT_DONE, "429");
      }
      if (emptyReports > 0) {
        emptyReports--;
        return List.of();
      }
      List<ReportedTimesheet> found = new ArrayList<>();
      timesheets.forEach((id, t) -> {
        if (t.personId() == personId && !t.day().isBefore(from) && !t.day().isAfter(to)) {
          found.add(
              new ReportedTimesheet(
                  id, t.personId(), t.jobId(), t.taskId(), t.day(), t.hours(), t.description()));
        }
      });
      return found;
    }

    @Override
    public List<Task> tasks(long jobId) {
      if (emptyTaskLists > 0) {
        emptyTaskLists--;
        return List.of();
      }
      return tasks.getOrDefault(jobId, List.of(new Task(5, "Build"), new Task(6, " design ")));
    }

    @Override
    public List<Job> openJobs() throws ServiceTrouble {
      return listing(openJobs.stream().map(id -> new Job(id, "J", "Job", 7, "A", "Acme")).toList());
    }

    @Override
    public List<SecondService.Client> clients() {
      throw new UnsupportedOperationException();
    }
  }
}
