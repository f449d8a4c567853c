package io.timebridge.local.sim.second;

import io.timebridge.local.sim.http.Json;
import io.timebridge.local.sim.http.Reply;
import io.timebridge.local.sim.http.Request;
import io.timebridge.local.sim.second.Books.Placed;
import io.timebridge.local.sim.second.Rows.Timesheet;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.node.ObjectNode;

/** The calls that list: tasks, jobs, clients, and the two reports. */
final class Lists {
  private static final List<String> TASK = List.of("idTask", "strName");
  private static final List<String> JOB =
      List.of("idJob", "idClient", "strClientCode", "strClientName", "strJobCode", "strJobName");
  private static final List<String> CLIENT = List.of("idClient", "strClientCode", "strClientName");
  private static final List<String> JOB_REPORT =
      List.of(
          "Job ID", "Job Code", "Job Name", "Client ID", "Client Code", "Client Name", "Status");
  private static final List<String> TIMESHEET_REPORT =
      List.of("Timesheet ID", "Personnel ID", "Job ID", "Task ID", "Date", "Hours", "Description");

  private final Books books;
  private final Answers answers;
  private final boolean oldTaskList;

  Lists(Books books, Answers answers, boolean oldTaskList) {
    this.books = books;
    this.answers = answers;
    this.oldTaskList = oldTaskList;
  }

  Reply tasks(Request request) {
    String given = request.query("idJob");
    long job = given.matches("\\d{1,18}") ? Long.parseLong(given) : -1;
    if (books.job(job).isEmpty()) {
      return answers.problem(new Problem("unknown job", given));
    }
    List<ObjectNode> rows =
        rows(
            request,
            books.tasksOf(job).stream()
                .map(task -> Json.object().put("idTask", task.id()).put("strName", task.name())));
    ObjectNode answer = Json.object();
    answer.set(
        "listTasks",
        oldTaskList
            ? answers.objects(request.lists(), rows)
            : answers.table(request.lists(), TASK, List.of("strCode", "boolBillable"), rows));
    return Reply.ok(answer);
  }

  /** Open jobs, or the closed or archived ones when the parameters say 1. */
  Reply jobs(Request request) {
    boolean archived = request.query("boolArchived").equals("1");
    boolean closed = request.query("boolClosed").equals("1");
    List<ObjectNode> rows =
        rows(
            request,
            books.jobs().stream()
                .filter(it -> it.job().archived() == archived && it.job().closed() == closed)
                .map(Lists::jobRow));
    ObjectNode answer = Json.object();
    answer.set(
        "listJobs", answers.table(request.lists(), JOB, List.of("strManager", "dblBudget"), rows));
    return Reply.ok(answer);
  }

  private static ObjectNode jobRow(Placed placed) {
    return Json.object()
        .put("idJob", placed.job().id())
        .put("idClient", placed.client().id())
        .put("strClientCode", placed.client().code())
        .put("strClientName", placed.client().name())
        .put("strJobCode", placed.job().code())
        .put("strJobName", placed.job().name())
        .put("strManager", "O'Neil & \"Sons\"");
  }

  Reply clients(Request request) {
    boolean archived = request.query("boolArchived").equals("1");
    List<ObjectNode> rows =
        rows(
            request,
            books.clients().stream()
                .filter(client -> client.archived() == archived)
                .map(client -> client.json()));
    ObjectNode answer = Json.object();
    answer.set("listClients", answers.positional(request.lists(), CLIENT, rows));
    return Reply.ok(answer);
  }

  Reply report(Request request) {
    String report = request.query("gidReport");
    return switch (report) {
      case "JobListCustomizable" -> jobReport(request);
      case "TimesheetListCustomizable" -> timesheetReport(request);
      default -> answers.problem(new Problem("unknown report", report));
    };
  }

  /** All jobs, closed and archived ones too; the creation dates asked for are not looked at. */
  private Reply jobReport(Request request) {
    List<ObjectNode> rows = rows(request, books.jobs().stream().map(Lists::jobReportRow));
    return results(answers.table(request.lists(), JOB_REPORT, List.of("Manager", "Created"), rows));
  }

  private static ObjectNode jobReportRow(Placed placed) {
    return Json.object()
        .put("Job ID", placed.job().id())
        .put("Job Code", placed.job().code())
        .put("Job Name", placed.job().name())
        .put("Client ID", placed.client().id())
        .put("Client Code", placed.client().code())
        .put("Client Name", placed.client().name())
        .put("Status", placed.job().status());
  }

  private Reply timesheetReport(Request request) {
    String person = request.query("idPersonnel");
    String from = request.query("dtFromTimesheet");
    String to = request.query("dtToTimesheet");
    Optional<LocalDate> first = from.isEmpty() ? day(LocalDate.MIN) : TimesheetForm.date(from);
    Optional<LocalDate> last = to.isEmpty() ? day(LocalDate.MAX) : TimesheetForm.date(to);
    if (first.isEmpty() || last.isEmpty()) {
      return answers.problem(new Problem("bad date", first.isEmpty() ? from : to));
    }
    List<ObjectNode> rows =
        rows(
            request,
            books.timesheets().stream()
                .filter(it -> person.isEmpty() || Long.toString(it.person()).equals(person))
                .filter(it -> !it.date().isBefore(first.get()) && !it.date().isAfter(last.get()))
                .map(Lists::timesheetRow));
    return results(
        answers.table(request.lists(), TIMESHEET_REPORT, List.of("Modified", "Invoiced"), rows));
  }

  private static Optional<LocalDate> day(LocalDate day) {
    return Optional.of(day);
  }

  private static ObjectNode timesheetRow(Timesheet timesheet) {
    return Json.object()
        .put("Timesheet ID", timesheet.id())
        .put("Personnel ID", timesheet.person())
        .put("Job ID", timesheet.job())
        .put("Task ID", timesheet.task())
        .put("Date", timesheet.date().toString())
        .put("Hours", timesheet.hours())
        .put("Description", timesheet.description())
        .put("Modified", timesheet.modified().toString());
  }

  private static Reply results(ObjectNode table) {
    ObjectNode answer = Json.object();
    answer.putArray("results").add(table);
    return Reply.ok(answer);
  }

  private static List<ObjectNode> rows(Request request, Stream<ObjectNode> rows) {
    List<ObjectNode> all = rows.toList();
    return switch (request.lists()) {
      case WHOLE, MOVED, TEXTS, HEADLESS, NARROW -> all;
      case EMPTY -> List.of();
      case HALF -> all.subList(0, all.size() / 2);
      case DOUBLED -> all.stream().flatMap(row -> Stream.of(row, row)).toList();
    };
  }
}
