package io.timebridge.local.sim.second;

import io.timebridge.local.sim.http.Json;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import tools.jackson.databind.node.ObjectNode;

/** What SecondService keeps, and how state and ledger show it. */
final class Rows {
  private Rows() {}

  record Client(long id, String code, String name, boolean archived) {
    ObjectNode json() {
      return Json.object()
          .put("idClient", id)
          .put("strClientCode", code)
          .put("strClientName", name)
          .put("archived", archived);
    }
  }

  record Job(long id, long client, String code, String name, boolean closed, boolean archived) {
    ObjectNode json() {
      return Json.object()
          .put("idJob", id)
          .put("idClient", client)
          .put("strJobCode", code)
          .put("strJobName", name)
          .put("closed", closed)
          .put("archived", archived);
    }

    String status() {
      return archived ? "Archived" : closed ? "Closed" : "Open";
    }
  }

  record Task(long id, long job, String name) {
    ObjectNode json() {
      return Json.object().put("idTask", id).put("idJob", job).put("strName", name);
    }
  }

  record Person(long id, String name) {
    ObjectNode json() {
      return Json.object().put("idPersonnel", id).put("strName", name);
    }
  }

  record Timesheet(
      long id,
      long client,
      long job,
      long task,
      long person,
      BigDecimal hours,
      LocalDate date,
      String description,
      Instant modified) {

    ObjectNode json() {
      return Json.object()
          .put("idTimesheet", id)
          .put("idClient", client)
          .put("idJob", job)
          .put("idTask", task)
          .put("idPersonnel", person)
          .put("dblHours", hours)
          .put("dtTimesheet", date.toString())
          .put("strDescription", description);
    }
  }
}
