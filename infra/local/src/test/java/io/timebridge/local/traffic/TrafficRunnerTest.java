package io.timebridge.local.traffic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.timebridge.local.sim.Http;
import io.timebridge.local.sim.SimControl;
import io.timebridge.local.sim.first.FirstServiceSim;
import io.timebridge.local.sim.second.SecondServiceSim;
import io.timebridge.local.traffic.Comparison.BackupItem;
import io.timebridge.local.traffic.Comparison.Result;
import io.timebridge.local.traffic.Comparison.Rules;
import io.timebridge.local.traffic.TrafficPlan.Delete;
import io.timebridge.local.traffic.TrafficPlan.Edit;
import io.timebridge.local.traffic.TrafficPlan.Entry;
import io.timebridge.local.traffic.TrafficRunner.FirstIds;
import io.timebridge.local.traffic.TrafficRunner.SecondIds;
import io.timebridge.local.traffic.TrafficRunner.Tracked;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The plan in both simulators over HTTP, with a bridge played by the test. */
class TrafficRunnerTest {
  private static final Map<String, String> AS_US =
      Map.of("Authorization", "Bearer first-access", "Content-Type", "application/json");

  private FirstServiceSim firstSim;
  private SecondServiceSim secondSim;
  private SimControl first;
  private SimControl second;

  @BeforeEach
  void start() throws IOException {
    firstSim = FirstServiceSim.start(FirstServiceSim.Options.defaults());
    secondSim = SecondServiceSim.start(SecondServiceSim.Options.defaults());
    first = new SimControl(firstSim.baseUri());
    second = new SimControl(secondSim.baseUri());
  }

  @AfterEach
  void stop() {
    first.close();
    second.close();
    firstSim.close();
    secondSim.close();
  }

  @Test
  void what_people_do_ends_as_the_plan_says_and_the_judge_sees_it_so() throws Exception {
    TrafficPlan plan = TrafficPlan.generate(5, 200, 6);
    Map<String, Integer> progress = new HashMap<>();
    try (TrafficRunner runner = runner(plan, progress)) {
      SecondIds secondIds = runner.seedSecondService();
      FirstIds firstIds = runner.seedFirstService(secondIds);
      bridgeJobs();
      assertThat(runner.jobsWithoutProject(secondIds)).isEmpty();
      Tracked tracked = runner.track(secondIds, firstIds, job -> {});
      bridgeJobs();

      assertThat(tracked.created()).isEqualTo(200);
      assertThat(tracked.edited()).isEqualTo(count(plan, Edit.class));
      assertThat(tracked.deleted()).isEqualTo(count(plan, Delete.class));
      assertThat(progress).containsEntry("actions", plan.actions().size());
      Rules rules = new Rules(firstIds.labelTasks(), plan.excludedClientCodes());
      Map<Integer, Entry> live = TrafficPlanTest.finals(plan);
      long bookable =
          live.values().stream().filter(e -> TrafficPlanTest.isBookable(plan, e)).count();

      Result before = Comparison.compare(first.state(), second.state(), List.of(), rules);
      assertThat(before.live()).isEqualTo(live.size());
      assertThat((long) before.missing().count()).isEqualTo(bookable);
      assertThat(before.wrongBackups().count()).isEqualTo(200);

      ObjectNode booked = (ObjectNode) second.state();
      ArrayNode timesheets = (ArrayNode) booked.path("timesheets");
      Map<Long, List<Integer>> labels = labels(firstIds);
      live.forEach((number, entry) -> {
        if (TrafficPlanTest.isBookable(plan, entry)) {
          long id = tracked.entries().getOrDefault(number, 0L);
          Entry there = withLabels(entry, labels.getOrDefault(id, List.of()));
          timesheets.add(timesheet(plan, there, Long.toString(id), secondIds));
        }
      });
      Result after = Comparison.compare(first.state(), booked, backups(), rules);
      assertThat(after.examples()).isEmpty();
      assertThat(after.agrees()).isTrue();
      assertThat(after.jobs()).isEqualTo(after.projects()).isPositive();
    }
  }

  @Test
  void nobody_tracks_before_the_projects_are_there() throws Exception {
    TrafficPlan plan = TrafficPlan.generate(5, 3, 1);
    try (TrafficRunner runner = runner(plan, new HashMap<>())) {
      SecondIds secondIds = runner.seedSecondService();
      FirstIds firstIds = runner.seedFirstService(secondIds);

      assertThat(runner.jobsWithoutProject(secondIds)).isNotEmpty();
      assertThatThrownBy(() -> runner.track(secondIds, firstIds, job -> {}))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("no project yet");
      assertThat(first.state().path("events")).isEmpty();
    }
  }

  @Test
  void says_why_when_a_simulator_refuses_or_is_not_there() throws Exception {
    TrafficPlan plan = TrafficPlan.generate(5, 3, 1);
    try (TrafficRunner runner =
        new TrafficRunner(
            plan, firstSim.baseUri(), firstSim.baseUri(), 10, (phase, done, total) -> {})) {
      assertThatThrownBy(runner::seedSecondService)
          .isInstanceOf(IOException.class)
          .hasMessageContaining("/__sim/clients");
    }
    secondSim.close();
    try (TrafficRunner runner = runner(plan, new HashMap<>())) {
      assertThatThrownBy(runner::seedSecondService).isInstanceOf(IOException.class);
    }
  }

  private static int count(TrafficPlan plan, Class<?> kind) {
    return (int) plan.actions().stream().filter(kind::isInstance).count();
  }

  private TrafficRunner runner(TrafficPlan plan, Map<String, Integer> progress) {
    return new TrafficRunner(
        plan,
        firstSim.baseUri(),
        secondSim.baseUri(),
        5_000,
        (phase, done, total) -> progress.put(phase, done));
  }

  /** Brings every job of SecondService to FirstService through its API, as its events would. */
  private void bridgeJobs() throws Exception {
    Http api = new Http(firstSim.baseUri());
    JsonNode state = second.state();
    Map<Long, Long> clients = new HashMap<>();
    for (JsonNode client : state.path("clients")) {
      if (!client.path("strClientCode").stringValue().equals("ZZ-INT")) {
        long id = client.path("idClient").longValue();
        ObjectNode wanted = ControlClient.object();
        wanted.put("name", client.path("strClientName").stringValue()).put("external_id", "" + id);
        clients.put(id, save(api, "client", wanted));
      }
    }
    for (JsonNode job : state.path("jobs")) {
      Long client = clients.get(job.path("idClient").longValue());
      if (client != null) {
        ObjectNode wanted = ControlClient.object();
        wanted
            .put(
                "name",
                job.path("strJobName").stringValue() + " - " + job.path("strJobCode").stringValue())
            .put("external_id", "" + job.path("idJob").longValue())
            .put("client_id", client)
            .put("active", !job.path("closed").booleanValue());
        save(api, "project", wanted);
      }
    }
  }

  private long save(Http api, String kind, ObjectNode wanted) throws Exception {
    Optional<Long> there = Optional.empty();
    for (JsonNode row : first.state().path(kind + "s")) {
      if (row.path("external_id").equals(wanted.path("external_id"))) {
        there = Optional.of(row.path("id").longValue());
      }
    }
    ObjectNode body = ControlClient.object();
    body.set(kind, wanted);
    String path = "/1.1/77/" + kind + "s" + there.map(id -> "/" + id).orElse("");
    HttpResponse<String> answer =
        api.send(there.isPresent() ? "PUT" : "POST", path, body.toString(), AS_US);
    assertThat(answer.statusCode()).as(answer.body()).isBetween(200, 201);
    return Http.json(answer).path("id").longValue();
  }

  /** The entries' labels by their place in the plan: FirstService has an order of its own. */
  private Map<Long, List<Integer>> labels(FirstIds ids) {
    Map<Long, List<Integer>> labels = new HashMap<>();
    for (JsonNode event : first.state().path("events")) {
      List<Integer> places = new ArrayList<>();
      event.path("label_ids").forEach(id -> places.add(ids.labels().indexOf(id.longValue())));
      labels.put(event.path("id").longValue(), places);
    }
    return labels;
  }

  private static Entry withLabels(Entry entry, List<Integer> labels) {
    assertThat(labels).containsExactlyInAnyOrderElementsOf(entry.labels());
    return new Entry(
        entry.person(),
        entry.job(),
        entry.day(),
        entry.from(),
        entry.to(),
        entry.seconds(),
        entry.note(),
        labels);
  }

  private static ObjectNode timesheet(
      TrafficPlan plan, Entry entry, String entryId, SecondIds ids) {
    int task = TrafficPlanTest.task(plan, entry);
    BigDecimal hours =
        BigDecimal.valueOf(entry.seconds())
            .divide(BigDecimal.valueOf(3600), 4, RoundingMode.HALF_UP);
    return ControlClient.object()
        .put("idTimesheet", Long.parseLong(entryId) + 1_000_000)
        .put("idClient", ids.clients().get(plan.jobs().get(entry.job()).client()))
        .put("idJob", ids.jobs().get(entry.job()))
        .put("idTask", ids.tasks().get(entry.job()).get(task))
        .put("idPersonnel", ids.personnel().get(entry.person()))
        .put("dblHours", hours)
        .put("dtTimesheet", entry.day().toString())
        .put("strDescription", entry.note() + " [TB#" + entryId + "]");
  }

  private List<BackupItem> backups() {
    List<BackupItem> items = new ArrayList<>();
    Set<Boolean> seen = new HashSet<>();
    for (JsonNode event : first.state().path("events")) {
      boolean deleted = event.path("deleted").booleanValue();
      seen.add(deleted);
      items.add(
          new BackupItem(
              event.path("id").longValue(),
              event.path("updated_at").longValue(),
              event.toString(),
              deleted ? Optional.of(Instant.EPOCH) : Optional.empty()));
    }
    assertThat(seen).containsExactlyInAnyOrder(true, false);
    return items;
  }
}
