package io.timebridge.local.aws;

import io.timebridge.local.net.Listen;
import java.io.IOException;
import java.net.URI;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.ContextHandler;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.dynamodb.model.ListTablesRequest;
import software.amazon.dynamodb.services.local.server.LocalDynamoDBRequestHandler;
import software.amazon.dynamodb.services.local.server.LocalDynamoDBServerHandler;

/**
 * Amazon's DynamoDB Local inside this process: in memory, one database for all regions and
 * credentials, on 127.0.0.1. Thread-safe.
 *
 * <p>It sends no telemetry: only the library's own launchers do, and they are not used. Its
 * background threads end within two seconds of {@link #close}.
 */
public final class LocalDynamoDb implements LocalPart {
  private static final Logger LOG = LoggerFactory.getLogger(LocalDynamoDb.class);

  /** Requests worked on at once; the database itself works on one at a time. */
  private static final int MAX_THREADS = 64;

  private final LocalDynamoDBRequestHandler database;
  private final Server server;
  private final int port;
  private final DynamoDbThrottle throttle;
  private final AtomicBoolean closed = new AtomicBoolean();

  private LocalDynamoDb(
      LocalDynamoDBRequestHandler database, Server server, int port, DynamoDbThrottle throttle) {
    this.database = database;
    this.server = server;
    this.port = port;
    this.throttle = throttle;
  }

  /**
   * Starts it and returns when it answers.
   *
   * @param port 0 for any free port
   * @throws IllegalStateException when the port cannot be bound or the platform has no native
   *     library
   */
  public static LocalDynamoDb start(int port) {
    return start(Listen.LOOPBACK, port);
  }

  /** As {@link #start(int)}, on these addresses. */
  static LocalDynamoDb start(Listen listen, int port) {
    QuietLogs.apply();
    SqliteLibrary.load();
    // Arguments: shard count 0, in memory, hence no file, one shared database, and no delays
    // between CREATING and ACTIVE.
    LocalDynamoDBRequestHandler database =
        new LocalDynamoDBRequestHandler(0, true, null, true, false);
    ServerConnector connector = connector(listen, port);
    Server server = connector.getServer();
    ContextHandler root = new ContextHandler("/");
    root.setHandler(new LocalDynamoDBServerHandler(database, null));
    DynamoDbThrottle throttle = new DynamoDbThrottle(root);
    server.setHandler(throttle);
    try {
      // The database is made by its first request; made here, no caller waits for it.
      database.listTables("local", "us-east-1", ListTablesRequest.builder().build());
      server.start();
      return new LocalDynamoDb(database, server, connector.getLocalPort(), throttle);
    } catch (Exception e) { // Jetty declares Exception; whatever it is, the service did not start
      if (e instanceof InterruptedException) {
        Thread.currentThread().interrupt();
      }
      stop(server, database);
      String what =
          e instanceof IOException
              ? "cannot listen on " + listen.address() + ":" + port
              : "did not start";
      throw new IllegalStateException("dynamodb " + what + ": " + e.getMessage(), e);
    }
  }

  private static void stop(Server server, LocalDynamoDBRequestHandler database) {
    try {
      server.stop();
    } catch (Exception e) { // Jetty declares Exception; the database must be closed all the same
      if (e instanceof InterruptedException) {
        Thread.currentThread().interrupt();
      }
      LOG.warn("dynamodb: the HTTP server did not stop cleanly", e);
    } finally {
      database.shutdown();
    }
  }

  private static ServerConnector connector(Listen listen, int port) {
    QueuedThreadPool threads = new QueuedThreadPool(MAX_THREADS, 4);
    threads.setName("local-dynamodb");
    threads.setDaemon(true);
    HttpConfiguration http = new HttpConfiguration();
    http.setSendServerVersion(false);
    Server server = new Server(threads);
    ServerConnector connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory(http));
    connector.setHost(listen.address());
    connector.setPort(port);
    server.addConnector(connector);
    return connector;
  }

  /**
   * From now on refuses this share of the calls that read or write items, drawn from the seed; 0
   * ends it.
   */
  public void throttle(double share, long seed) {
    throttle.set(share, seed);
  }

  @Override
  public URI endpoint() {
    return URI.create("http://127.0.0.1:" + port);
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      stop(server, database);
    }
  }
}
