package io.timebridge.local.traffic;

import io.timebridge.local.sim.SimControl.Effect;
import io.timebridge.local.traffic.LedgerJudge.Scope;
import io.timebridge.local.traffic.LedgerJudge.Tally;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;

/**
 * Jobs and clients of SecondService against their projects and clients in FirstService, as the
 * ledgers leave them. Nothing is ever deleted in FirstService, so one made twice stays doubled. For
 * one use.
 */
final class JobTracks {
  private final Scope scope;
  private final Tally tally;
  private final Map<Long, JsonNode> jobs = new TreeMap<>();
  private final Map<Long, JsonNode> clients = new TreeMap<>();
  private final Map<Long, JsonNode> projects = new TreeMap<>();
  private final Map<Long, JsonNode> firstClients = new TreeMap<>();

  JobTracks(List<Effect> first, List<Effect> second, Scope scope, Tally tally) {
    this.scope = scope;
    this.tally = tally;
    for (Effect effect : second) {
      if (effect.op().startsWith("job.")) {
        jobs.put(Fields.id(effect.ids(), "idJob"), effect.content());
      } else if (effect.op().startsWith("client.")) {
        clients.put(Fields.id(effect.ids(), "idClient"), effect.content());
      }
    }
    for (Effect effect : first) {
      if (effect.op().startsWith("project.")) {
        projects.put(Fields.id(effect.ids(), "id"), effect.content());
      } else if (effect.op().startsWith("client.")) {
        firstClients.put(Fields.id(effect.ids(), "id"), effect.content());
      }
    }
  }

  void judge() {
    Map<Long, SortedSet<Long>> projectsOf = byExternalId(projects);
    Map<Long, SortedSet<Long>> clientsOf = byExternalId(firstClients);
    SortedSet<Long> needed = new TreeSet<>();
    for (long id : new TreeSet<>(scope.jobs())) {
      JsonNode job = known(jobs, id);
      boolean open = !Fields.flag(job, "closed") && !Fields.flag(job, "archived");
      job(id, job, open, projectsOf.getOrDefault(id, new TreeSet<>()));
      if (open) {
        needed.add(Fields.id(job, "idClient"));
      }
    }
    for (long id : new TreeSet<>(scope.clients())) {
      client(id, needed.contains(id), clientsOf.getOrDefault(id, new TreeSet<>()));
    }
  }

  private static Map<Long, SortedSet<Long>> byExternalId(Map<Long, JsonNode> things) {
    Map<Long, SortedSet<Long>> by = new HashMap<>();
    things.forEach((id, thing) ->
        Fields.optionalId(thing, "external_id")
            .ifPresent(external -> by.computeIfAbsent(external, e -> new TreeSet<>()).add(id)));
    return by;
  }

  private void job(long id, JsonNode job, boolean open, SortedSet<Long> is) {
    if (is.size() > 1) {
      tally.doubled("job %d has projects %s".formatted(id, is));
      return;
    }
    if (is.isEmpty()) {
      if (open) {
        tally.lost("job %d has no project: %s".formatted(id, job));
      }
      return;
    }
    JsonNode project = known(projects, is.first());
    String name = Fields.text(job, "strJobName") + " - " + Fields.text(job, "strJobCode");
    long client = Fields.optionalId(project.path("client"), "external_id").orElse(0L);
    boolean says =
        Fields.flag(project, "active") == open
            && (!open // a closed job's project keeps the name and the client it had
                || (Fields.text(project, "name").equals(name)
                    && client == Fields.id(job, "idClient")));
    if (!says) {
      tally.stale("job %d is %s, its project %d %s".formatted(id, job, is.first(), project));
    }
  }

  private void client(long id, boolean needed, SortedSet<Long> is) {
    JsonNode client = known(clients, id);
    if (is.size() > 1) {
      tally.doubled("client %d is there as %s".formatted(id, is));
    } else if (is.isEmpty() && needed) {
      tally.lost("client %d is not there: %s".formatted(id, client));
    } else if (!is.isEmpty()
        && needed
        && !Fields.text(known(firstClients, is.first()), "name")
            .equals(Fields.text(client, "strClientName"))) {
      tally.stale(
          "client %d is %s, in FirstService %s"
              .formatted(id, client, known(firstClients, is.first())));
    }
  }

  private static JsonNode known(Map<Long, JsonNode> things, long id) {
    JsonNode thing = things.get(id);
    if (thing == null) {
      throw new IllegalArgumentException("the ledger does not know " + id);
    }
    return thing;
  }
}
