package io.timebridge.bench;

import io.timebridge.bench.process.Child;
import io.timebridge.bench.process.ChildFailed;
import io.timebridge.bench.process.Folders;
import io.timebridge.bench.server.Fill;
import io.timebridge.bench.server.Ready;
import io.timebridge.bench.server.ServerMain;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The children that hold the records. Used by one thread. */
final class Servers implements AutoCloseable {
  private static final Duration STARTS_WITHIN = Duration.ofSeconds(60);
  private static final int FILLS_PER_SECOND_AT_LEAST = 2000;

  private final Path logs;
  private final Map<String, String> addresses = new TreeMap<>();
  private final List<Child> children = new ArrayList<>();
  private Optional<Path> kafkaFolder = Optional.empty();

  Servers(Path logs) {
    this.logs = logs;
  }

  /** Starts the AWS emulators. */
  void startAws() throws IOException, ChildFailed, InterruptedException {
    start("aws", "4g", "aws");
  }

  /** Starts Kafka in a temporary folder. */
  void startKafka() throws IOException, ChildFailed, InterruptedException {
    Path folder = Files.createTempDirectory("timebridge-bench-kafka-");
    kafkaFolder = Optional.of(folder);
    start("kafka", "1g", "kafka", folder.toString());
  }

  private void start(String name, String heap, String... arguments)
      throws IOException, ChildFailed, InterruptedException {
    Child child = Child.start(name, logs, heap, ServerMain.class, arguments);
    children.add(child);
    addresses.putAll(child.await("ready", Ready.class, STARTS_WITHIN).addresses());
  }

  /** Makes the stream and the topic, and fills them. */
  void fill(Fill fill) throws ChildFailed, InterruptedException {
    for (Child child : children) {
      child.order(fill);
      child.await(
          "filled",
          Map.class,
          STARTS_WITHIN.plusSeconds(fill.records() / FILLS_PER_SECOND_AT_LEAST));
    }
  }

  /** Where each server listens, by what it is. */
  Map<String, String> addresses() {
    return addresses;
  }

  @Override
  public void close() throws IOException {
    children.reversed().forEach(Child::close);
    if (kafkaFolder.isPresent()) {
      Folders.delete(kafkaFolder.get());
    }
  }
}
