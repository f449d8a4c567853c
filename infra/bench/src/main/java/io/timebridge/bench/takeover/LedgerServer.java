package io.timebridge.bench.takeover;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The slow service, on a port of loopback: one connection per worker, any number of questions at a
 * time. An effect takes its latency and is decided at the end of it, also when whoever asked for it
 * is gone by then. Thread-safe.
 */
final class LedgerServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LedgerServer.class);

  private final Ledger ledger;
  private final Duration latency;
  private final ServerSocket server;
  private final Set<Socket> connections = ConcurrentHashMap.newKeySet();

  private LedgerServer(Ledger ledger, Duration latency, ServerSocket server) {
    this.ledger = ledger;
    this.latency = latency;
    this.server = server;
  }

  /**
   * Starts it.
   *
   * @param latency of an effect; reading takes none
   */
  static LedgerServer start(Ledger ledger, Duration latency) throws IOException {
    LedgerServer started =
        new LedgerServer(
            ledger, latency, new ServerSocket(0, 50, InetAddress.ofLiteral("127.0.0.1")));
    Thread.ofVirtual().name("ledger").start(started::accept);
    return started;
  }

  int port() {
    return server.getLocalPort();
  }

  private void accept() {
    try {
      while (true) {
        Socket worker = server.accept();
        connections.add(worker);
        Thread.ofVirtual().name("ledger-of-a-worker").start(() -> serve(worker));
      }
    } catch (IOException closed) {
      LOG.debug("takes no more connections", closed);
    }
  }

  private void serve(Socket socket) {
    try (socket;
        DataInputStream in =
            new DataInputStream(new BufferedInputStream(socket.getInputStream()))) {
      socket.setTcpNoDelay(true);
      Replies replies = new Replies(socket);
      String worker = in.readUTF();
      while (true) {
        Wire.Question question = Wire.Question.read(in, worker);
        Thread.ofVirtual().name("effect").start(() -> answer(question, replies));
      }
    } catch (IOException gone) {
      LOG.info("a worker is gone: {}", gone.toString());
    } finally {
      connections.remove(socket);
    }
  }

  private void answer(Wire.Question question, Replies replies) {
    try {
      replies.send(new Wire.Reply(question.ask(), decide(question)));
    } catch (IOException gone) {
      LOG.debug("nobody waits for the answer any more", gone);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  private Ledger.Answer decide(Wire.Question question) throws InterruptedException {
    if (question.read()) {
      return new Ledger.Answer(false, ledger.read(question.delivery()));
    }
    Thread.sleep(latency);
    return ledger.carryOut(question.delivery(), question.expected());
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (Socket connection : connections) {
      connection.close();
    }
  }

  /** The way back to one worker; {@code lock} keeps answers whole. */
  private static final class Replies {
    private final ReentrantLock lock = new ReentrantLock();
    private final DataOutputStream out;

    Replies(Socket socket) throws IOException {
      out = new DataOutputStream(new BufferedOutputStream(socket.getOutputStream()));
    }

    void send(Wire.Reply reply) throws IOException {
      lock.lock();
      try {
        reply.write(out);
      } finally {
        lock.unlock();
      }
    }
  }
}
