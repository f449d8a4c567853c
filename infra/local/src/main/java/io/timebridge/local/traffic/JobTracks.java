package io.timebridge.local.traffic;

import io.timebridge.local.sim.SimControl.Effect;
import io.timebridge.local.traffic.LedgerJudge.Scope;
import io.timebridge.local.traffic.LedgerJudge.Tally;
import io.timebridge.local.traffic.StateTrack.State;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;

/**
 * Jobs and clients of SecondService against their projects and clients in FirstService: as the
 * ledgers leave them, and that none is ever deleted, archived while it was never closed, or older
 * than before. One made twice stays doubled. For one use.
 */
final class JobTracks {
  private final Scope scope;
  private final Tally tally;
  private final List<Effect> effects;
  private final Predicate<Effect> admitted;
  private final Map<Long, List<State>> jobStates = new HashMap<>();
  private final Map<Long, List<State>> clientStates = new HashMap<>();
  private final Map<Long, JsonNode> jobs = new TreeMap<>();
  private final Map<Long, JsonNode> clients = new TreeMap<>();
  private final Map<Long, JsonNode> projects = new TreeMap<>();
  private final Map<Long, JsonNode> firstClients = new TreeMap<>();

  /**
   * @param admitted effects of FirstService that may overtake for a while
   */
  JobTracks(
      List<Effect> first,
      List<Effect> second,
      Scope scope,
      Predicate<Effect> admitted,
      Tally tally) {
    this.scope = scope;
    this.tally = tally;
    this.effects = first;
    this.admitted = admitted;
    for (Effect effect : second) {
      JsonNode content = effect.content();
      if (effect.op().startsWith("job.")) {
        long id = Fields.id(effect.ids(), "idJob");
        jobs.put(id, content);
        jobStates.computeIfAbsent(id, i -> new ArrayList<>()).add(state(content));
      } else if (effect.op().startsWith("client.")) {
        long id = Fields.id(effect.ids(), "idClient");
        clients.put(id, content);
        clientStates
            .computeIfAbsent(id, i -> new ArrayList<>())
            .add(new State(true, Fields.text(content, "strClientName"), 0));
      }
    }
    for (Effect effect : first) {
      if (effect.op().endsWith(".delete")) {
        continue;
      }
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
    histories();
  }

  private static State state(JsonNode job) {
    return new State(
        !Fields.flag(job, "closed") && !Fields.flag(job, "archived"),
        projectName(job),
        Fields.id(job, "idClient"));
  }

  private static String projectName(JsonNode job) {
    return Fields.text(job, "strJobName") + " - " + Fields.text(job, "strJobCode");
  }

  private void histories() {
    Map<Long, StateTrack> ofJobs = tracks("job", scope.jobs(), jobStates);
    Map<Long, StateTrack> ofClients = tracks("client", scope.clients(), clientStates);
    for (Effect effect : effects) {
      boolean project = effect.op().startsWith("project.");
      if (!project && !effect.op().startsWith("client.")) {
        continue;
      }
      if (effect.op().endsWith(".delete")) {
        tally.lost("effect %d (%s) at %s".formatted(effect.n(), effect.op(), effect.at()));
        continue;
      }
      JsonNode content = effect.content();
      StateTrack track =
          Fields.optionalId(content, "external_id")
              .map((project ? ofJobs : ofClients)::get)
              .orElse(null);
      if (track != null) {
        State is =
            new State(
                !project || Fields.flag(content, "active"),
                Fields.text(content, "name"),
                Fields.optionalId(content.path("client"), "external_id").orElse(0L));
        track.took(effect, is, admitted.test(effect));
      }
    }
  }

  private Map<Long, StateTrack> tracks(String what, Set<Long> ids, Map<Long, List<State>> states) {
    Map<Long, StateTrack> tracks = new HashMap<>();
    for (long id : ids) {
      tracks.put(id, new StateTrack(what + " " + id, states.getOrDefault(id, List.of()), tally));
    }
    return tracks;
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
    String name = projectName(job);
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
