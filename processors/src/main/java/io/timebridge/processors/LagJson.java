package io.timebridge.processors;

import io.timebridge.lag.ApplicationLag;
import io.timebridge.lag.Drain;
import io.timebridge.lag.Figure;
import io.timebridge.lag.LagReport;
import io.timebridge.lag.Latency;
import io.timebridge.lag.Parked;
import io.timebridge.lag.ProcessLine;
import io.timebridge.lag.ShardLine;
import java.time.Duration;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A report as one JSON object; {@code docs/OPERATIONS.md} tells its names. What is not known is
 * left out. Times are milliseconds, moments are ISO 8601.
 */
final class LagJson {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private LagJson() {}

  static ObjectNode of(LagReport report) {
    ObjectNode json =
        JSON.createObjectNode()
            .put("at", report.at().toString())
            .put("state", report.state().name());
    var applications = json.putArray("applications");
    report.applications().forEach(a -> applications.add(application(a)));
    var processes = json.putArray("processes");
    report.processes().forEach(p -> processes.add(process(p)));
    json.set("parked", parked(report.parked()));
    return json;
  }

  private static ObjectNode application(ApplicationLag application) {
    ObjectNode json =
        JSON.createObjectNode()
            .put("app", application.app())
            .put("application", application.application())
            .put("stream", application.stream())
            .put("state", application.state().name());
    putTime(json, "behind", application.behind());
    putNumber(json, "records", Optional.of(application.records()));
    json.set("latency", latency(application.latency()));
    var shards = json.putArray("shards");
    application.shards().forEach(s -> shards.add(shard(s)));
    return json;
  }

  private static ObjectNode latency(Latency latency) {
    ObjectNode json = JSON.createObjectNode().put("events", latency.events());
    latency.within(0.5).ifPresent(half -> json.put("medianMillis", half.toMillis()));
    latency.within(0.95).ifPresent(most -> json.put("p95Millis", most.toMillis()));
    latency.within(0.99).ifPresent(most -> json.put("p99Millis", most.toMillis()));
    latency.within(1).ifPresent(all -> json.put("longestMillis", all.toMillis()));
    return json;
  }

  private static ObjectNode shard(ShardLine shard) {
    ObjectNode json =
        JSON.createObjectNode()
            .put("shard", shard.shard())
            .put("state", shard.state().name())
            .put("why", shard.why());
    shard.owner().ifPresent(owner -> json.put("owner", owner));
    shard
        .leaseAge()
        .ifPresent(age ->
            json.put("leaseAgeMillis", age.value().toMillis())
                .put("leaseAgeAtLeast", age.isAtLeast()));
    json.put("ownerSwitches", shard.switches());
    shard.checkpoint().ifPresent(checkpoint -> json.put("checkpoint", checkpoint));
    shard.lastArrival().ifPresent(last -> json.put("lastArrival", last.toString()));
    putTime(json, "behind", shard.behind());
    putNumber(json, "records", shard.records());
    shard.in().ifPresent(rate -> json.put("inPerSecond", rate));
    shard.out().ifPresent(rate -> json.put("outPerSecond", rate));
    switch (shard.drain()) {
      case Drain.Nothing nothing -> json.put("drain", "nothing").put("drainMillis", 0);
      case Drain.Within(Duration time) ->
          json.put("drain", "within").put("drainMillis", time.toMillis());
      case Drain.Never never -> json.put("drain", "never");
      case Drain.Unknown unknown -> json.put("drain", "unknown");
    }
    shard
        .work()
        .ifPresent(work -> {
          json.put("inFlight", work.inFlight()).put("held", work.held());
          work.oldest()
              .ifPresent(oldest ->
                  json.putObject("oldestKey")
                      .put("key", oldest.key())
                      .put("since", oldest.since().toString())
                      .put("attempts", oldest.attempts()));
        });
    if (!shard.note().isEmpty()) {
      json.put("note", shard.note());
    }
    return json;
  }

  private static ObjectNode process(ProcessLine process) {
    ObjectNode json =
        JSON.createObjectNode()
            .put("worker", process.worker())
            .put("version", process.version())
            .put("alive", process.alive())
            .put("startedAt", process.startedAt().toString())
            .put("seenAt", process.seenAt().toString())
            .put("shards", process.shards());
    var circuits = json.putArray("circuits");
    process
        .circuits()
        .forEach(c ->
            circuits
                .addObject()
                .put("service", c.service())
                .put("state", c.position().name())
                .put("since", c.since().toString()));
    return json;
  }

  private static ObjectNode parked(Parked parked) {
    ObjectNode json =
        JSON.createObjectNode()
            .put("keys", parked.keys())
            .put("records", parked.records())
            .put("dead", parked.dead())
            .put("more", parked.more());
    parked.oldest().ifPresent(oldest -> json.put("oldest", oldest.toString()));
    return json;
  }

  private static void putTime(ObjectNode json, String name, Optional<Figure<Duration>> figure) {
    figure.ifPresent(f ->
        json.put(name + "Millis", f.value().toMillis()).put(name + "Estimated", !f.isMeasured()));
  }

  private static void putNumber(ObjectNode json, String name, Optional<Figure<Long>> figure) {
    figure.ifPresent(f -> {
      json.put(name, f.value()).put(name + "Estimated", !f.isMeasured());
      if (f.isAtLeast()) {
        json.put(name + "AtLeast", true);
      }
    });
  }
}
