package io.timebridge.local.system;

import io.timebridge.local.sim.SimControl;
import io.timebridge.timesheet.EntryStore;
import io.timebridge.timesheet.TaskMapping;
import io.timebridge.timesheet.dynamodb.DynamoDbTaskMapping;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import tools.jackson.databind.JsonNode;

/**
 * The least a company needs before anybody can track time: a client, a job with a task, a person in
 * both services, a label and its task. The project comes over the bridge.
 *
 * @param userId FirstService's id of Ada
 * @param labelId of the label Design
 * @param projectId of the project that the job became
 */
public record SampleCompany(long userId, long labelId, long projectId) {
  private static final Duration LOOK_EVERY = Duration.ofMillis(100);

  /**
   * Founds one in fresh simulators and waits for its project.
   *
   * @param mapping of the system that bridges the two
   * @throws TimeoutException when the project has not come within {@code patience}
   */
  public static SampleCompany found(
      SimControl first, SimControl second, DynamoDbTaskMapping mapping, Duration patience)
      throws EntryStore.Unavailable, InterruptedException, TimeoutException {
    long client =
        second
            .post(
                "/__sim/clients",
                "{\"op\":\"add\",\"strClientCode\":\"ACME\",\"strClientName\":\"Acme \\\"& Söhne\\\"\"}")
            .path("idClient")
            .longValue();
    second.post(
        "/__sim/jobs",
        "{\"op\":\"add\",\"idClient\":%d,\"strJobCode\":\"J-1\",\"strJobName\":\"Site\",\"tasks\":[\"Design\"]}"
            .formatted(client));
    long person =
        second
            .post("/__sim/personnel", "{\"op\":\"add\",\"strName\":\"Ada\"}")
            .path("idPersonnel")
            .longValue();
    long user =
        first
            .post(
                "/__sim/users",
                "{\"email\":\"ada@example.org\",\"name\":\"Ada\",\"external_id\":\"%d\"}"
                    .formatted(person))
            .path("id")
            .longValue();
    long label =
        first
            .post("/__sim/labels", "{\"name\":\"Design\",\"parent_id\":null}")
            .path("id")
            .longValue();
    mapping.map(label, new TaskMapping.TaskRef.ByName("Design"), "sample company");
    return new SampleCompany(user, label, project(first, patience));
  }

  private static long project(SimControl first, Duration patience)
      throws InterruptedException, TimeoutException {
    long start = System.nanoTime();
    for (JsonNode projects = first.state().path("projects");
        projects.isEmpty();
        projects = first.state().path("projects")) {
      if (System.nanoTime() - start > patience.toNanos()) {
        throw new TimeoutException("the job has become no project within " + patience);
      }
      Thread.sleep(LOOK_EVERY);
    }
    return first.state().path("projects").get(0).path("id").longValue();
  }

  /** The body with which a person tracks time: {@code POST /__sim/entries}. */
  public String entry(String day, int seconds, String note) {
    return "{\"op\":\"create\",\"user_id\":%d,\"project_id\":%d,\"day\":\"%s\",\"seconds\":%d,\"note\":\"%s\",\"label_ids\":[%d]}"
        .formatted(userId, projectId, day, seconds, note, labelId);
  }
}
