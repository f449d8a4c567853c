package io.timebridge.local.sim.second;

import io.timebridge.local.sim.http.BadRequest;
import io.timebridge.local.sim.http.Json;
import io.timebridge.local.sim.http.Reply;
import io.timebridge.local.sim.http.Request;
import io.timebridge.local.sim.second.Rows.Client;
import io.timebridge.local.sim.second.Rows.Job;
import io.timebridge.local.sim.second.Rows.Timesheet;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What the admin team does in SecondService, as control calls. */
final class Control {
  private final Books books;

  Control(Books books) {
    this.books = books;
  }

  Optional<Reply> answer(Request request) {
    String call = request.method() + " " + request.path();
    return switch (call) {
      case "POST /__sim/clients" -> Optional.of(Reply.ok(client(Json.parse(request.body()))));
      case "POST /__sim/jobs" -> Optional.of(Reply.ok(job(Json.parse(request.body()))));
      case "POST /__sim/personnel" -> Optional.of(Reply.ok(person(Json.parse(request.body()))));
      case "POST /__sim/locks" -> Optional.of(Reply.ok(locks(Json.parse(request.body()))));
      case "POST /__sim/timesheets" -> Optional.of(Reply.ok(byHand(Json.parse(request.body()))));
      default -> Optional.empty();
    };
  }

  private ObjectNode client(JsonNode body) {
    String op = Json.string(body, "op");
    return switch (op) {
      case "add" ->
          books.addClient(Json.string(body, "strClientCode"), Json.string(body, "strClientName"));
      case "rename" -> {
        String name = Json.string(body, "strClientName");
        yield books.changeClient(
            "client.rename",
            Json.whole(body, "idClient"),
            it -> new Client(it.id(), it.code(), name, it.archived()));
      }
      case "archive" ->
          books.changeClient(
              "client.archive",
              Json.whole(body, "idClient"),
              it -> new Client(it.id(), it.code(), it.name(), true));
      default -> throw unknown(op);
    };
  }

  private ObjectNode job(JsonNode body) {
    String op = Json.string(body, "op");
    if (op.equals("add")) {
      return books.addJob(
          Json.whole(body, "idClient"),
          Json.string(body, "strJobCode"),
          Json.string(body, "strJobName"),
          names(body.path("tasks")));
    }
    long id = Json.whole(body, "idJob");
    return switch (op) {
      case "rename" -> rename(id, body);
      case "move" -> {
        long client = Json.whole(body, "idClient");
        yield books.changeJob(
            "job.move",
            id,
            it -> new Job(id, client, it.code(), it.name(), it.closed(), it.archived()));
      }
      case "close" -> books.changeJob("job.close", id, it -> closed(it, true));
      case "reopen" -> books.changeJob("job.reopen", id, it -> closed(it, false));
      case "archive" ->
          books.changeJob(
              "job.archive",
              id,
              it -> new Job(id, it.client(), it.code(), it.name(), it.closed(), true));
      case "add-task" -> books.addTask(id, Json.string(body, "strName"));
      default -> throw unknown(op);
    };
  }

  private ObjectNode rename(long id, JsonNode body) {
    Optional<String> code = Json.optionalString(body, "strJobCode");
    Optional<String> name = Json.optionalString(body, "strJobName");
    return books.changeJob(
        "job.rename",
        id,
        it ->
            new Job(
                id,
                it.client(),
                code.orElse(it.code()),
                name.orElse(it.name()),
                it.closed(),
                it.archived()));
  }

  private static Job closed(Job job, boolean closed) {
    return new Job(job.id(), job.client(), job.code(), job.name(), closed, job.archived());
  }

  private static List<String> names(JsonNode tasks) {
    List<String> names = new ArrayList<>();
    for (JsonNode name : tasks) {
      if (!name.isString()) {
        throw new BadRequest("field tasks holds " + name + "; it must hold strings");
      }
      names.add(name.stringValue());
    }
    return names;
  }

  private ObjectNode person(JsonNode body) {
    String op = Json.optionalString(body, "op").orElse("add");
    if (!op.equals("add")) {
      throw unknown(op);
    }
    return books.addPerson(Json.string(body, "strName"));
  }

  private ObjectNode locks(JsonNode body) {
    return books.lockBefore(day(Json.string(body, "before")));
  }

  private ObjectNode byHand(JsonNode body) {
    String op = Json.string(body, "op");
    if (op.equals("lose-all")) {
      return books.loseTimesheets(
          body.has("nextId") ? Optional.of(Json.whole(body, "nextId")) : Optional.empty());
    }
    long id = Json.whole(body, "idTimesheet");
    return switch (op) {
      case "delete" -> books.eraseTimesheet(id);
      case "edit" -> books.editTimesheet(id, it -> edited(it, body));
      default -> throw unknown(op);
    };
  }

  private static Timesheet edited(Timesheet old, JsonNode body) {
    JsonNode hours = body.path("dblHours");
    BigDecimal given = hours.isNumber() ? TimesheetForm.plain(hours.decimalValue()) : old.hours();
    return new Timesheet(
        old.id(),
        Json.whole(body, "idClient", old.client()),
        Json.whole(body, "idJob", old.job()),
        Json.whole(body, "idTask", old.task()),
        Json.whole(body, "idPersonnel", old.person()),
        given,
        Json.optionalString(body, "dtTimesheet").map(Control::day).orElse(old.date()),
        Json.optionalString(body, "strDescription").orElse(old.description()),
        old.modified());
  }

  private static LocalDate day(String text) {
    return TimesheetForm.date(text)
        .orElseThrow(() -> new BadRequest("'" + text + "' is not a day; write YYYY-MM-DD"));
  }

  private static BadRequest unknown(String op) {
    return new BadRequest("unknown op '" + op + "'");
  }
}
