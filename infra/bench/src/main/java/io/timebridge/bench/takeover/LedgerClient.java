package io.timebridge.bench.takeover;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A worker's line to the ledger. Thread-safe; a question without an answer within ten seconds, or
 * over a broken line, fails.
 *
 * @implNote {@code lock} keeps questions whole.
 */
final class LedgerClient {
  private static final long ANSWERS_WITHIN_SECONDS = 10;

  private final DataInputStream in;
  private final DataOutputStream out;
  private final ReentrantLock lock = new ReentrantLock();
  private final AtomicLong asks = new AtomicLong();
  private final Map<Long, CompletableFuture<Ledger.Answer>> open = new ConcurrentHashMap<>();

  private LedgerClient(Socket socket) throws IOException {
    in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
    out = new DataOutputStream(new BufferedOutputStream(socket.getOutputStream()));
  }

  static LedgerClient connect(int port, String worker) throws IOException {
    Socket socket = new Socket(InetAddress.ofLiteral("127.0.0.1"), port);
    socket.setTcpNoDelay(true);
    LedgerClient client = new LedgerClient(socket);
    client.out.writeUTF(worker);
    client.out.flush();
    Thread.ofPlatform().daemon().name("from-ledger").start(client::listen);
    return client;
  }

  /** See {@link Ledger#read}. */
  int read(Delivery delivery) throws IOException, InterruptedException {
    return ask(true, delivery, Ledger.WHATEVER).version();
  }

  /** See {@link Ledger#carryOut}. */
  Ledger.Answer carryOut(Delivery delivery, int expected) throws IOException, InterruptedException {
    return ask(false, delivery, expected);
  }

  private Ledger.Answer ask(boolean read, Delivery delivery, int expected)
      throws IOException, InterruptedException {
    long ask = asks.incrementAndGet();
    CompletableFuture<Ledger.Answer> answer = new CompletableFuture<>();
    open.put(ask, answer);
    try {
      send(new Wire.Question(ask, read, delivery, expected));
      return answer.get(ANSWERS_WITHIN_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException unanswered) {
      throw new IOException("the ledger does not answer", unanswered);
    } finally {
      open.remove(ask);
    }
  }

  private void send(Wire.Question question) throws IOException {
    lock.lock();
    try {
      question.write(out);
    } finally {
      lock.unlock();
    }
  }

  private void listen() {
    try {
      while (true) {
        Wire.Reply reply = Wire.Reply.read(in);
        CompletableFuture<Ledger.Answer> waiting = open.get(reply.ask());
        if (waiting != null) {
          waiting.complete(reply.answer());
        }
      }
    } catch (IOException broken) {
      open.values().forEach(waiting -> waiting.completeExceptionally(broken));
    }
  }
}
