package io.timebridge.local.aws;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.timebridge.local.net.Listen;
import java.net.URI;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.pekko.actor.ActorSystem;
import org.elasticmq.NodeAddress;
import org.elasticmq.rest.sqs.SQSRestServer;
import org.elasticmq.rest.sqs.SQSRestServerBuilder;
import org.elasticmq.rest.sqs.TheSQSRestServerBuilder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.concurrent.Await;
import scala.concurrent.duration.Duration;

/**
 * Amazon SQS by ElasticMQ inside this process: in memory, on 127.0.0.1, the limits of SQS held.
 * FIFO groups, deduplication and redrive to a FIFO dead-letter queue work; {@code
 * StartMessageMoveTask} on a FIFO queue answers COMPLETED and moves nothing. Thread-safe.
 */
public final class LocalSqs implements LocalPart {
  private static final Logger LOG = LoggerFactory.getLogger(LocalSqs.class);
  private static final int STOP_SECONDS = 10;

  /**
   * The actor system's settings, complete: the application.conf inside ElasticMQ's jar (log level
   * DEBUG) and any of ours are left out on purpose. A receive may wait 20 s, so a request 21 s.
   */
  private static final String ACTORS =
      """
      pekko {
        loggers = ["org.apache.pekko.event.slf4j.Slf4jLogger"]
        logging-filter = "org.apache.pekko.event.slf4j.Slf4jLoggingFilter"
        loglevel = WARNING
        stdout-loglevel = OFF
        log-dead-letters = off
        log-dead-letters-during-shutdown = off
        daemonic = on
        jvm-shutdown-hooks = off
        jvm-exit-on-fatal-error = off
        coordinated-shutdown.run-by-jvm-shutdown-hook = off
        http.server.request-timeout = 21 s
        http.server.parsing.illegal-header-warnings = off
        http.server.parsing.max-uri-length = 256k
      }
      """;

  private final ActorSystem actors;
  private final SQSRestServer server;
  private final int port;
  private final AtomicBoolean closed = new AtomicBoolean();

  private LocalSqs(ActorSystem actors, SQSRestServer server, int port) {
    this.actors = actors;
    this.server = server;
    this.port = port;
  }

  /**
   * Starts it and returns when it answers.
   *
   * @param port 0 for any free port
   * @param region the region in queue ARNs; the account in them is {@value LocalAws#ACCOUNT}
   * @throws IllegalStateException when the port cannot be bound
   */
  public static LocalSqs start(int port, String region) {
    return start(Listen.LOOPBACK, port, region);
  }

  /** As {@link #start(int, String)}, on these addresses. */
  static LocalSqs start(Listen listen, int port, String region) {
    QuietLogs.apply();
    Config settings =
        ConfigFactory.parseString(ACTORS).withFallback(ConfigFactory.defaultReference()).resolve();
    ActorSystem actors = ActorSystem.create("local-sqs", settings);
    TheSQSRestServerBuilder builder =
        SQSRestServerBuilder.withActorSystem(actors)
            .withInterface(listen.address())
            .withAWSRegion(region)
            .withAWSAccountId(LocalAws.ACCOUNT);
    SQSRestServer server =
        port == 0
            ? builder.withDynamicPort().start()
            : builder
                .withPort(port)
                .withServerAddress(new NodeAddress("http", "127.0.0.1", port, ""))
                .start();
    try {
      int bound = server.waitUntilStarted().localAddress().getPort();
      return new LocalSqs(actors, server, bound);
    } catch (
        Exception e) { // Scala throws checked exceptions undeclared; not started, whatever it is
      if (e instanceof InterruptedException) {
        Thread.currentThread().interrupt();
      }
      actors.terminate();
      throw new IllegalStateException(
          "sqs cannot listen on %s:%d: %s".formatted(listen.address(), port, e.getMessage()), e);
    }
  }

  @Override
  public URI endpoint() {
    return URI.create("http://127.0.0.1:" + port);
  }

  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    try {
      server.stopAndWait();
      actors.terminate();
      Await.ready(actors.whenTerminated(), Duration.create(STOP_SECONDS, TimeUnit.SECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (TimeoutException e) {
      LOG.warn("sqs: actors still running {} s after the stop", STOP_SECONDS, e);
    }
  }
}
