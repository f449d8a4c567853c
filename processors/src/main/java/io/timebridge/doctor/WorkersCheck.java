package io.timebridge.doctor;

import io.timebridge.aws.RequiredResources;
import io.timebridge.aws.RequiredResources.TableShape;
import io.timebridge.doctor.Finding.Warning;
import io.timebridge.doctor.Finding.Well;
import io.timebridge.doctor.Finding.Wrong;
import io.timebridge.failure.StoreTrouble;
import io.timebridge.stream.Names;
import io.timebridge.stream.StreamName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/**
 * Every shard has a worker that lives: KCL's lease of it has an owner, and its counter grows with
 * each renewal, a third of {@code worker.failover} apart. Two looks at least.
 */
final class WorkersCheck {
  private static final Duration LONGEST = Duration.ofSeconds(6);
  private static final Duration STEP = Duration.ofMillis(500);
  private static final int SHOWN = 3;

  private final DynamoDbClient dynamoDb;
  private final Names names;
  private final Duration failover;
  private final Pause pause;

  WorkersCheck(DynamoDbClient dynamoDb, Names names, Duration failover, Pause pause) {
    this.dynamoDb = dynamoDb;
    this.names = names;
    this.failover = failover;
    this.pause = pause;
  }

  List<Finding> look() throws StoreTrouble, InterruptedException {
    List<Finding> findings = new ArrayList<>();
    Map<StreamName, Leases> first = new EnumMap<>(StreamName.class);
    for (StreamName stream : StreamName.values()) {
      Optional<String> problem =
          RequiredResources.checkTable(dynamoDb, names.application(stream), TableShape.ofLeases());
      if (problem.isPresent()) {
        findings.add(
            new Wrong(problem.get() + "; a worker makes it when it starts", start(stream)));
      } else {
        first.put(stream, read(stream));
      }
    }
    Map<StreamName, Leases> still = still(first);
    TreeSet<String> workers = new TreeSet<>();
    int shards = 0;
    for (Map.Entry<StreamName, Leases> at : first.entrySet()) {
      Leases all = at.getValue();
      Leases standing = still.getOrDefault(at.getKey(), Leases.none());
      shards += all.size();
      workers.addAll(all.without(standing).owners());
      judge(at.getKey(), all, standing).ifPresent(findings::add);
    }
    if (findings.isEmpty()) {
      findings.add(new Well("all %d shards move; workers: %d".formatted(shards, workers.size())));
    }
    return findings;
  }

  /** What has not moved, after as many looks as it takes or patience allows. */
  private Map<StreamName, Leases> still(Map<StreamName, Leases> first)
      throws StoreTrouble, InterruptedException {
    Map<StreamName, Leases> still = new EnumMap<>(first);
    for (Duration waited = Duration.ZERO;
        still.values().stream().anyMatch(Leases::anyOwned) && waited.compareTo(patience()) < 0;
        waited = waited.plus(STEP)) {
      pause.pause(STEP);
      for (Map.Entry<StreamName, Leases> at : still.entrySet()) {
        if (at.getValue().anyOwned()) {
          at.setValue(at.getValue().unmoved(read(at.getKey())));
        }
      }
    }
    return still;
  }

  /** Three renewals, if there is time for them. */
  private Duration patience() {
    Duration wanted = failover.plus(STEP.multipliedBy(2));
    return wanted.compareTo(LONGEST) < 0 ? wanted : LONGEST;
  }

  private Optional<Finding> judge(StreamName stream, Leases all, Leases still) {
    String name = names.stream(stream);
    if (all.size() == 0) {
      return Optional.of(new Wrong("no worker has ever read " + name, start(stream)));
    }
    if (still.size() == 0) {
      return Optional.empty();
    }
    if (still.anyOwned() && failover.dividedBy(3).compareTo(patience()) > 0) {
      return Optional.of(
          new Warning(
              "%s: whether its workers live cannot be told within %d s, leases are renewed each %d s"
                  .formatted(name, patience().toSeconds(), failover.toSeconds() / 3),
              "look again, or set worker.failover lower"));
    }
    if (still.size() == all.size()) {
      return Optional.of(
          new Wrong(
              "no worker reads %s: none of its %d shards moves".formatted(name, all.size()),
              start(stream)));
    }
    return Optional.of(
        new Warning(
            "%s: %d of %d shards do not move (%s); another worker takes them within %d s"
                .formatted(
                    name, still.size(), all.size(), still.names(SHOWN), failover.toSeconds()),
            "look again; if it stays, one worker more: " + start(stream)));
  }

  private static String start(StreamName stream) {
    String app =
        switch (stream) {
          case TIMESHEET_EVENTS -> "timesheets";
          case TIMESHEET_BACKUP -> "backup";
          case JOB_EVENTS -> "jobs";
        };
    return "./timebridge worker --apps "
        + app
        + "; deployed: start the workers' tasks (docs/DEPLOY.md)";
  }

  private Leases read(StreamName stream) throws StoreTrouble, InterruptedException {
    return Leases.read(dynamoDb, names.application(stream));
  }
}
