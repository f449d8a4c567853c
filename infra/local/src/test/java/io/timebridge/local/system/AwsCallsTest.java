package io.timebridge.local.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.timebridge.aws.AwsClients;
import io.timebridge.local.calls.CallRecorder;
import io.timebridge.local.sim.SimControl;
import io.timebridge.settings.Settings;
import io.timebridge.settings.SettingsLoader;
import io.timebridge.stream.QueueName;
import io.timebridge.stream.StreamName;
import io.timebridge.stream.TableName;
import io.timebridge.stream.Tick;
import io.timebridge.timesheet.dynamodb.DynamoDbTaskMapping;
import java.io.IOException;
import java.math.BigInteger;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.kinesis.KinesisClient;
import software.amazon.awssdk.services.kinesis.model.Shard;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;
import software.amazon.awssdk.services.ssm.SsmClient;
import software.amazon.awssdk.services.ssm.model.ParameterType;

/**
 * Every call to AWS that a poller, a worker and a person's commands make is one that their deployed
 * roles allow: the roles are held to {@code aws-calls.txt} by {@code RolesTest} of {@code
 * infra/aws}. A run with {@code -Dcalls.write=true} adds what it saw to that file.
 */
class AwsCallsTest {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Path RECORDED =
      Path.of(
          "..", "aws", "src", "test", "resources", "io", "timebridge", "deploy", "aws-calls.txt");
  private static final String SSM_PATH = "/timebridge/live";

  @TempDir Path folder;

  private Processes processes;
  private Settings settings;
  private SimControl first;
  private SimControl second;
  private DynamoDbClient dynamoDb;

  @Test
  void every_call_is_among_those_that_the_roles_are_held_to() throws Exception {
    try (Processes all = new Processes(folder)) {
      processes = all;
      startWhatIsThere();
      try (DynamoDbClient client = new AwsClients(settings.aws()).dynamoDb()) {
        dynamoDb = client;
        live();
      }
    }
    TreeSet<String> seen = new TreeSet<>();
    for (String who : List.of("poller", "worker", "operator")) {
      Files.readAllLines(calls(who)).forEach(call -> seen.add(who + " " + call));
    }
    TreeSet<String> recorded = new TreeSet<>();
    if (Files.exists(RECORDED)) {
      recorded.addAll(Files.readAllLines(RECORDED));
    }
    if (Boolean.getBoolean("calls.write")) {
      recorded.addAll(seen);
      Files.write(RECORDED, recorded);
    }
    assertThat(recorded).containsAll(seen);
  }

  private Path calls(String who) {
    return folder.resolve(who + "-calls.txt");
  }

  private List<String> recordedAs(String who) {
    return List.of("-D" + CallRecorder.FILE + "=" + calls(who));
  }

  private void startWhatIsThere() throws Exception {
    processes.start("local-aws", "--port-base", "0", "--settings", "aws.conf");
    processes.start("sim", "--port-base", "0", "--latency", "2", "10", "--settings", "sim.conf");
    Files.writeString(
        folder.resolve("timebridge.conf"),
        """
        include "aws.conf"
        include "sim.conf"
        ssm.path = "%s"
        gateway.port = 0
        poller.every = 500ms
        poller.ticks = queue
        first-service.send-within = 2s
        first-service.lands-within = 3s
        second-service.send-within = 2s
        second-service.lands-within = 3s
        second-service.call-timeout = 2s
        retry.backoff = 30m
        """
            .formatted(SSM_PATH));
    settings =
        SettingsLoader.standard(folder, Optional.empty(), Map.of())
            .load((a, p) -> Map.of())
            .settings();
    try (SsmClient ssm = new AwsClients(settings.aws()).ssm()) {
      ssm.putParameter(
          r -> r.name(SSM_PATH + "/worker/in-flight").value("50").type(ParameterType.STRING));
    }
    first = new SimControl(settings.firstService().url());
    second = new SimControl(settings.secondService().url());
    Processes.Started gateway = processes.start("gateway");
    Config sim = ConfigFactory.parseFile(folder.resolve("sim.conf").toFile());
    Map<String, String> byKey = new HashMap<>();
    sim.entrySet().forEach(e -> byKey.put(e.getKey(), String.valueOf(e.getValue().unwrapped())));
    Webhooks.register(
        URI.create(gateway.readyLine().replaceAll(".*(http://[^ ]+).*", "$1")), byKey);
  }

  /** What happens in the life of a system: all of it, as far as it makes calls of its own kind. */
  private void live() throws Exception {
    Processes.Started worker = processes.start(recordedAs("worker"), "worker");
    processes.start(recordedAs("poller"), "poller");
    DynamoDbTaskMapping mapping =
        new DynamoDbTaskMapping(dynamoDb, settings.names(), InstantSource.system());
    SampleCompany company = SampleCompany.found(first, second, mapping, PATIENCE);

    long kept = track(company, 3600);
    long gone = track(company, 1800);
    await().atMost(PATIENCE).until(() -> timesheets() == 2);
    first.post("/__sim/entries", "{\"op\":\"edit\",\"id\":%d,\"seconds\":7200}".formatted(kept));
    first.post("/__sim/entries", "{\"op\":\"delete\",\"id\":%d}".formatted(gone));
    await().atMost(PATIENCE).until(() -> timesheets() == 1);

    SampleCompany welding = withLabel(company, "Welding");
    long mapped = track(welding, 900);
    SampleCompany brazing = withLabel(company, "Brazing");
    long givenUp = track(brazing, 900);
    await().atMost(PATIENCE).until(() -> parked() == 2);
    first.post("/__sim/entries", "{\"op\":\"edit\",\"id\":%d,\"seconds\":1200}".formatted(mapped));
    await().atMost(PATIENCE).until(() -> parked() == 3);

    putUnreadable(kept);
    await().atMost(PATIENCE).until(() -> parked() == 4);

    sendTick(); // until now the poller has ticked by itself, and has told that ticks stay away
    command("settings");
    command("jobs", "confirm-closures");
    assertThat(processes.run(recordedAs("operator"), "lag").exit()).isBetween(0, 2);
    command("dlq", "list");
    command("dlq", "show", Long.toString(mapped));
    command("dlq", "discard", Long.toString(givenUp), "--reason", "never mind");
    command("mapping", "set", Long.toString(brazing.labelId()), "Design");
    command("mapping", "remove", Long.toString(brazing.labelId()));
    command("mapping", "set", Long.toString(welding.labelId()), "Design");
    command("mapping", "list");
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofSeconds(2))
        .until(() -> {
          // finds nothing once the workers have seen the mapping themselves
          processes.run(recordedAs("operator"), "dlq", "redrive", "--reason", "UNMAPPED_LABEL");
          return timesheets() == 2;
        });
    command("dlq", "list");
    String code = first.post("/__sim/authorize", "{}").path("code").asString();
    command("login", "first-service", "--code", code);
    age(kept);
    age(gone);
    command("cleanup", "--older-than", "45d");

    processes.start(recordedAs("worker"), "worker");
    split(StreamName.TIMESHEET_EVENTS);
    long later = track(company, 600);
    await().atMost(PATIENCE).until(() -> timesheets() == 3);
    assertThat(worker.terminate()).isZero();
    first.post("/__sim/entries", "{\"op\":\"delete\",\"id\":%d}".formatted(later));
    await().atMost(PATIENCE).until(() -> timesheets() == 2);
  }

  private void sendTick() {
    try (SqsClient sqs = new AwsClients(settings.aws()).sqs()) {
      String url =
          sqs.getQueueUrl(r -> r.queueName(settings.names().queue(QueueName.TICKS))).queueUrl();
      sqs.sendMessage(r -> r.queueUrl(url).messageBody(Tick.NEW_JOBS.message()));
      await()
          .atMost(PATIENCE)
          .until(() ->
              sqs
                  .getQueueAttributes(r ->
                      r.queueUrl(url)
                          .attributeNames(
                              QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES,
                              QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES_NOT_VISIBLE))
                  .attributes()
                  .values()
                  .stream()
                  .allMatch("0"::equals));
    }
  }

  private void command(String... arguments) throws IOException, InterruptedException {
    Processes.Ran ran = processes.run(recordedAs("operator"), arguments);
    assertThat(ran.exit()).as("%s: %s", List.of(arguments), ran.said()).isZero();
  }

  private SampleCompany withLabel(SampleCompany company, String label) {
    long id =
        first
            .post("/__sim/labels", "{\"name\":\"%s\",\"parent_id\":null}".formatted(label))
            .path("id")
            .longValue();
    return new SampleCompany(company.userId(), id, company.projectId());
  }

  private long track(SampleCompany whose, int seconds) {
    return first
        .post("/__sim/entries", whose.entry("2026-07-03", seconds, "n"))
        .path("id")
        .longValue();
  }

  private int timesheets() {
    return second.state().path("timesheets").size();
  }

  private long parked() {
    String table = settings.names().table(TableName.PARKED_EVENTS);
    return dynamoDb.scanPaginator(r -> r.tableName(table)).items().stream().count();
  }

  private void putUnreadable(long key) {
    try (KinesisClient kinesis = new AwsClients(settings.aws()).kinesis()) {
      kinesis.putRecord(r ->
          r.streamName(settings.names().stream(StreamName.TIMESHEET_EVENTS))
              .partitionKey(Long.toString(key))
              .data(SdkBytes.fromUtf8String("no envelope")));
    }
  }

  /** As if nothing had happened to it for years. */
  private void age(long entry) {
    dynamoDb.updateItem(r ->
        r.tableName(settings.names().table(TableName.TIMESHEET_ENTRIES))
            .key(Map.of("entry_id", AttributeValue.fromS(Long.toString(entry))))
            .updateExpression("SET #at = :at")
            .expressionAttributeNames(Map.of("#at", "at"))
            .expressionAttributeValues(
                Map.of(":at", AttributeValue.fromS("2020-01-01T00:00:00Z"))));
  }

  private void split(StreamName stream) {
    String name = settings.names().stream(stream);
    try (KinesisClient kinesis = new AwsClients(settings.aws()).kinesis()) {
      List<Shard> shards = new ArrayList<>(kinesis.listShards(r -> r.streamName(name)).shards());
      Shard shard = shards.getFirst();
      BigInteger middle =
          new BigInteger(shard.hashKeyRange().startingHashKey())
              .add(new BigInteger(shard.hashKeyRange().endingHashKey()))
              .shiftRight(1);
      kinesis.splitShard(r ->
          r.streamName(name).shardToSplit(shard.shardId()).newStartingHashKey(middle.toString()));
    }
  }
}
