package io.timebridge.local.traffic;

import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;

/** SecondService's state as far as it is compared. */
record SecondSide(
    Map<Long, Client> clients,
    Map<Long, Job> jobs,
    Map<Long, Task> tasks,
    Set<Long> personnel,
    List<Timesheet> timesheets) {

  record Client(String code, String name) {}

  record Job(long id, long client, String code, String name, boolean open) {}

  record Task(long id, long job, String name) {}

  record Timesheet(
      long id,
      long client,
      long job,
      long task,
      long person,
      BigDecimal hours,
      String day,
      String description) {}

  static SecondSide read(JsonNode state) {
    Map<Long, Client> clients = new LinkedHashMap<>();
    for (JsonNode client : Fields.list(state, "clients")) {
      clients.put(
          Fields.id(client, "idClient"),
          new Client(Fields.text(client, "strClientCode"), Fields.text(client, "strClientName")));
    }
    Map<Long, Job> jobs = new LinkedHashMap<>();
    for (JsonNode job : Fields.list(state, "jobs")) {
      long id = Fields.id(job, "idJob");
      jobs.put(
          id,
          new Job(
              id,
              Fields.id(job, "idClient"),
              Fields.text(job, "strJobCode"),
              Fields.text(job, "strJobName"),
              !Fields.flag(job, "closed") && !Fields.flag(job, "archived")));
    }
    Map<Long, Task> tasks = new LinkedHashMap<>();
    for (JsonNode task : Fields.list(state, "tasks")) {
      long id = Fields.id(task, "idTask");
      tasks.put(id, new Task(id, Fields.id(task, "idJob"), Fields.text(task, "strName")));
    }
    Set<Long> personnel = new TreeSet<>();
    Fields.list(state, "personnel").forEach(p -> personnel.add(Fields.id(p, "idPersonnel")));
    List<Timesheet> timesheets =
        Fields.list(state, "timesheets").stream().map(SecondSide::timesheet).toList();
    return new SecondSide(clients, jobs, tasks, personnel, timesheets);
  }

  private static Timesheet timesheet(JsonNode node) {
    JsonNode hours = node.path("dblHours");
    if (!hours.isNumber()) {
      throw new IllegalArgumentException("no hours in dblHours: " + node);
    }
    return new Timesheet(
        Fields.id(node, "idTimesheet"),
        Fields.id(node, "idClient"),
        Fields.id(node, "idJob"),
        Fields.id(node, "idTask"),
        Fields.id(node, "idPersonnel"),
        hours.decimalValue(),
        Fields.text(node, "dtTimesheet"),
        Fields.text(node, "strDescription"));
  }
}
