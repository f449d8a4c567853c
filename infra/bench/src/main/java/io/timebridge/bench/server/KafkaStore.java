package io.timebridge.bench.server;

import io.timebridge.bench.measure.Payload;
import io.timebridge.bench.measure.Traffic;
import io.timebridge.bench.process.Folders;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.Feature;
import org.jspecify.annotations.Nullable;

/** One Kafka broker that is its own controller, on loopback, in a folder that ends with it. */
final class KafkaStore implements Store {
  private static final String CONTROLLER = "CONTROLLER";

  private final KafkaRaftServer server;
  private final Path folder;
  private final String address;

  private KafkaStore(KafkaRaftServer server, Path folder, String address) {
    this.server = server;
    this.folder = folder;
    this.address = address;
  }

  /**
   * Starts it.
   *
   * @param folder empty; deleted in the end
   */
  static KafkaStore start(Path folder) throws Exception {
    int brokerPort = freePort();
    int controllerPort = freePort();
    format(folder);
    KafkaRaftServer server =
        new KafkaRaftServer(config(folder, brokerPort, controllerPort), Time.SYSTEM);
    server.startup();
    return new KafkaStore(server, folder, "127.0.0.1:" + brokerPort);
  }

  private static int freePort() throws IOException {
    try (ServerSocket any = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      return any.getLocalPort();
    }
  }

  private static void format(Path folder) throws Exception {
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    new Formatter()
        .setPrintStream(new PrintStream(said, true, StandardCharsets.UTF_8))
        .setSupportedFeatures(Feature.PRODUCTION_FEATURES)
        .setNodeId(1)
        .setClusterId(Uuid.randomUuid().toString())
        .setControllerListenerName(CONTROLLER)
        .addDirectory(folder.toString())
        .setMetadataLogDirectory(folder.toString())
        .run();
  }

  private static KafkaConfig config(Path folder, int brokerPort, int controllerPort) {
    return new KafkaConfig(
        Map.ofEntries(
            Map.entry("process.roles", "broker,controller"),
            Map.entry("node.id", "1"),
            Map.entry("controller.quorum.voters", "1@127.0.0.1:" + controllerPort),
            Map.entry(
                "listeners",
                "PLAINTEXT://127.0.0.1:%d,%s://127.0.0.1:%d"
                    .formatted(brokerPort, CONTROLLER, controllerPort)),
            Map.entry("advertised.listeners", "PLAINTEXT://127.0.0.1:" + brokerPort),
            Map.entry("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT"),
            Map.entry("controller.listener.names", CONTROLLER),
            Map.entry("inter.broker.listener.name", "PLAINTEXT"),
            Map.entry("log.dirs", folder.toString()),
            Map.entry("auto.create.topics.enable", "false"),
            Map.entry("offsets.topic.num.partitions", "1"),
            Map.entry("offsets.topic.replication.factor", "1"),
            Map.entry("transaction.state.log.replication.factor", "1"),
            Map.entry("transaction.state.log.min.isr", "1"),
            Map.entry("share.coordinator.state.topic.replication.factor", "1"),
            Map.entry("share.coordinator.state.topic.min.isr", "1"),
            Map.entry("group.initial.rebalance.delay.ms", "0")),
        false);
  }

  @Override
  public Map<String, String> addresses() {
    return Map.of("kafka", address);
  }

  @Override
  public void fill(Fill fill) throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", address))) {
      admin.createTopics(List.of(new NewTopic(fill.name(), fill.shards(), (short) 1))).all().get();
    }
    AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
    Traffic traffic = new Traffic(fill.keys(), fill.hotKeyPercent());
    try (KafkaProducer<String, byte[]> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", address, "acks", "all", "linger.ms", "5"),
            new StringSerializer(),
            new ByteArraySerializer())) {
      for (int i = 0; i < fill.records(); i++) {
        Payload.Mark mark = traffic.next();
        var _ =
            producer.send(
                new ProducerRecord<>(
                    fill.name(), Payload.partitionKey(mark.key()), Payload.encode(mark)),
                (_, failed) -> {
                  if (failed != null) {
                    failure.compareAndSet(null, failed);
                  }
                });
      }
      producer.flush();
    }
    Exception first = failure.get();
    if (first != null) {
      throw first;
    }
  }

  @Override
  public void close() {
    server.shutdown();
    server.awaitShutdown();
    try {
      Folders.delete(folder);
    } catch (IOException left) {
      throw new IllegalStateException("could not delete " + folder, left);
    }
  }
}
