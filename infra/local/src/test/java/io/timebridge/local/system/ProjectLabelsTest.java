package io.timebridge.local.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.timebridge.local.sim.Http;
import io.timebridge.timesheet.TaskMapping.TaskRef;
import io.timebridge.timesheet.dynamodb.DynamoDbTaskMapping;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Jobs with tasks, labels that stand for them, and what FirstService then has on the projects. */
class ProjectLabelsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final JsonMapper JSON = JsonMapper.builder().build();

  @Test
  void labels_of_a_jobs_tasks_are_enabled_on_its_project_and_those_enabled_by_hand_stay()
      throws Exception {
    try (LocalSystem system =
            LocalSystem.start(LocalSystem.Options.calm(Ports.ANY, 1), progress -> {});
        DynamoDbClient dynamoDb = system.aws().dynamoDb()) {
      JobsOfBoth both = JobsOfBoth.of(system);
      DynamoDbTaskMapping mapping =
          new DynamoDbTaskMapping(dynamoDb, system.settings().names(), InstantSource.system());
      long work = label(both, "Work", 0);
      long design = label(both, "Design", work);
      long build = label(both, "Build", work);
      long review = label(both, "Review", 0);
      long unmapped = label(both, "Ideas", 0);
      mapping.map(design, new TaskRef.ByName(" design "), "test");
      mapping.map(build, new TaskRef.ByName("Build"), "test");
      ObjectNode client = JSON.createObjectNode().put("op", "add").put("strClientCode", "C");
      long ofClient =
          both.second()
              .post("/__sim/clients", client.put("strClientName", "Acme"))
              .path("idClient")
              .longValue();
      JsonNode job = job(both, ofClient, "Design", "Review");
      long id = job.path("idJob").longValue();
      mapping.map(review, new TaskRef.ById(taskId(job, "Review")), "test");
      both.rename(id, "Named"); // looked at anew, should the look before have missed the mapping

      await().atMost(PATIENCE).until(() -> labels(both, id).equals(Set.of(work, design, review)));

      enableByHand(system, both, id, Set.of(work, design, review, unmapped));
      both.second()
          .post(
              "/__sim/jobs",
              "{\"op\":\"add-task\",\"idJob\":%d,\"strName\":\"Build\"}".formatted(id));
      both.rename(id, "Renamed");

      await()
          .atMost(PATIENCE)
          .until(() -> labels(both, id).equals(Set.of(work, design, review, unmapped, build)));
      assertThat(both.name(id)).startsWith("Renamed");
      assertThat(both.creations(id)).isEqualTo(1);
    }
  }

  private static long label(JobsOfBoth both, String name, long parent) {
    ObjectNode body = JSON.createObjectNode().put("name", name);
    body.put("parent_id", parent == 0 ? null : parent);
    return both.first().post("/__sim/labels", body).path("id").longValue();
  }

  private static JsonNode job(JobsOfBoth both, long client, String... tasks) {
    ObjectNode add = JSON.createObjectNode().put("op", "add").put("idClient", client);
    add.put("strJobCode", "J-1").put("strJobName", "Site");
    for (String task : tasks) {
      add.withArray("tasks").add(task);
    }
    return both.second().post("/__sim/jobs", add);
  }

  private static long taskId(JsonNode job, String name) {
    return job.path("tasks")
        .valueStream()
        .filter(task -> task.path("strName").asString().equals(name))
        .findFirst()
        .orElseThrow()
        .path("idTask")
        .longValue();
  }

  private static JsonNode project(JobsOfBoth both, long job) {
    return both.first()
        .state()
        .path("projects")
        .valueStream()
        .filter(p -> p.path("external_id").asString("").equals(Long.toString(job)))
        .findFirst()
        .orElse(JSON.createObjectNode());
  }

  private static Set<Long> labels(JobsOfBoth both, long job) {
    return project(both, job)
        .path("label_ids")
        .valueStream()
        .map(JsonNode::longValue)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static void enableByHand(LocalSystem system, JobsOfBoth both, long job, Set<Long> labels)
      throws Exception {
    ObjectNode body = JSON.createObjectNode();
    labels.forEach(body.putObject("project").putArray("label_ids")::add);
    int status =
        new Http(system.settings().firstService().url())
            .send(
                "PUT",
                "/1.1/77/projects/" + project(both, job).path("id").longValue(),
                body.toString(),
                Map.of(
                    "Authorization",
                    "Bearer " + system.settingsByKey().get("first-service.access-token"),
                    "Content-Type",
                    "application/json"))
            .statusCode();
    assertThat(status).isEqualTo(200);
  }
}
