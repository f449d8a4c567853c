package io.timebridge.services.second;

import io.timebridge.services.ServiceTrouble;
import io.timebridge.services.ServiceTrouble.Kind;
import io.timebridge.services.http.HttpAnswer;
import io.timebridge.services.http.LooseJson;
import io.timebridge.services.second.SecondService.Client;
import io.timebridge.services.second.SecondService.Job;
import io.timebridge.services.second.SecondService.ReportedTimesheet;
import io.timebridge.services.second.SecondService.Task;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import tools.jackson.databind.JsonNode;

/** Reads the four listings, each in the forms that it has. All of it, or trouble. */
final class Listings {
  private Listings() {}

  /** By {@code hdr}, or the older build's list of objects. */
  static List<Task> tasks(HttpAnswer answer, JsonNode body) throws ServiceTrouble {
    JsonNode list = body.path("listTasks");
    if (!list.isArray()) {
      return Table.withHeader(answer, "listTasks", list)
          .read(
              List.of("idTask", "strName"), row -> new Task(row.id("idTask"), row.text("strName")));
    }
    List<Task> tasks = new ArrayList<>();
    for (JsonNode task : list) {
      OptionalLong id = LooseJson.whole(task.path("idTask"));
      if (id.isEmpty() || id.getAsLong() < 1 || !task.path("strName").isValueNode()) {
        throw answer.trouble(
            Kind.UNKNOWN, "listTasks is unreadable: a task without idTask or strName");
      }
      tasks.add(new Task(id.getAsLong(), LooseJson.text(task.path("strName"))));
    }
    return List.copyOf(tasks);
  }

  static List<Job> jobs(HttpAnswer answer, JsonNode body) throws ServiceTrouble {
    return Table.withHeader(answer, "listJobs", body.path("listJobs"))
        .read(
            List.of(
                "idJob", "idClient", "strClientCode", "strClientName", "strJobCode", "strJobName"),
            row ->
                new Job(
                    row.id("idJob"),
                    row.text("strJobCode"),
                    row.text("strJobName"),
                    row.id("idClient"),
                    row.text("strClientCode"),
                    row.text("strClientName")));
  }

  /** By {@code hdr} where a build has one; by position (id, code, name) where none does. */
  static List<Client> clients(HttpAnswer answer, JsonNode body) throws ServiceTrouble {
    List<String> columns = List.of("idClient", "strClientCode", "strClientName");
    JsonNode list = body.path("listClients");
    Table table =
        list.has("hdr")
            ? Table.withHeader(answer, "listClients", list)
            : Table.positional(answer, "listClients", list, columns);
    return table.read(
        columns,
        row ->
            new Client(row.id("idClient"), row.text("strClientCode"), row.text("strClientName")));
  }

  static List<ReportedTimesheet> timesheets(HttpAnswer answer, JsonNode body)
      throws ServiceTrouble {
    JsonNode results = body.path("results");
    if (!results.isArray() || results.size() != 1) {
      throw answer.trouble(Kind.UNKNOWN, "the report does not hold exactly one result");
    }
    return Table.withHeader(answer, "the timesheet report", results.path(0))
        .read(
            List.of(
                "Timesheet ID",
                "Personnel ID",
                "Job ID",
                "Task ID",
                "Date",
                "Hours",
                "Description"),
            row ->
                new ReportedTimesheet(
                    row.id("Timesheet ID"),
                    row.idOrNone("Personnel ID"),
                    row.idOrNone("Job ID"),
                    row.idOrNone("Task ID"),
                    row.day("Date"),
                    row.decimal("Hours"),
                    row.text("Description")));
  }
}
