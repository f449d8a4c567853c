package io.timebridge.local.chaos;

import io.timebridge.local.planted.Plant;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The workers and pollers: each a place that always has a process again, with doors of its own into
 * the services. Thread-safe.
 *
 * @implNote A worker's {@code lock} guards its {@code down} and every change of its process.
 */
final class Workers implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Workers.class);
  private static final Duration READY_WITHIN = Duration.ofSeconds(60);

  private final Plant plant;
  private final Path folder;
  private final List<Worker> workers = new ArrayList<>();
  private final Map<Shard, BigInteger> checkpoints = new ConcurrentHashMap<>();
  private final AtomicInteger diedAlone = new AtomicInteger();
  private final AtomicLong lookedNanos = new AtomicLong(System.nanoTime());
  private final AtomicBoolean closing = new AtomicBoolean();
  private final Thread hook = new Thread(this::killAll, "kill-workers");
  private volatile Reports reports = Reports.NONE;

  /** What kind of process has a place. */
  enum Kind {
    WORKER(ChaosWorker.class),
    POLLER(ChaosPoller.class);

    private final Class<?> main;

    Kind(Class<?> main) {
      this.main = main;
    }

    String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * A place.
   *
   * @param name of its own
   */
  record Place(String name, Kind kind, Map<String, String> settings) {
    Place {
      settings = Map.copyOf(settings);
    }
  }

  /** A shard of one of the streams, by their names. */
  record Shard(String stream, String id) {}

  /** Told of what workers report. */
  interface Reports {
    Reports NONE =
        new Reports() {
          @Override
          public void hit(Worker worker, long strike, String operation, String key) {}

          @Override
          public void up(Worker worker) {}
        };

    /** A worker is held at a step. On a thread of its own. */
    void hit(Worker worker, long strike, String operation, String key);

    /** A worker consumes. */
    void up(Worker worker);
  }

  /** One place. */
  final class Worker {
    private final Place place;
    private final AtomicInteger busy = new AtomicInteger();
    private final ReentrantLock lock = new ReentrantLock();
    private volatile @Nullable WorkerProcess process;
    private volatile boolean frozen;

    /** Whether its process has been killed and the next one has not been started yet. */
    private boolean down;

    private Worker(Place place) {
      this.place = place;
    }

    /** Kind and name. */
    String name() {
      return place.kind().text() + " " + place.name();
    }

    boolean hasDoor(int port) {
      return Stream.of("first-service.url", "second-service.url")
          .anyMatch(key -> place.settings().getOrDefault(key, "").endsWith(":" + port));
    }

    void order(String line) {
      WorkerProcess now = process;
      if (now != null) {
        now.order(line);
      }
    }

    /** SIGKILL; another is started after {@code time}. */
    void kill(Duration time) {
      lock.lock();
      try {
        WorkerProcess now = process;
        if (down || now == null) {
          return;
        }
        down = true;
        now.kill();
        LOG.info("{} killed: pid={}", name(), now.pid());
      } finally {
        lock.unlock();
      }
      Thread.ofVirtual().start(() -> startAfter(time));
    }

    /** SIGSTOP now, SIGCONT after {@code time}; returns when it is stopped. */
    void freeze(Duration time) throws IOException {
      WorkerProcess now = process;
      if (now == null) {
        throw new IOException(name() + " has no process");
      }
      frozen = true;
      Process freezer = now.freeze(time);
      LOG.info("{} frozen for {}: pid={}", name(), time, now.pid());
      Thread.ofVirtual()
          .start(() -> {
            freezer.onExit().join();
            frozen = false;
            LOG.info("{} goes on: pid={}", name(), now.pid());
          });
    }

    private void startAfter(Duration time) {
      try {
        Thread.sleep(time);
        start();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } catch (IOException e) {
        LOG.error("{} does not start", name(), e);
      }
    }

    private void start() throws IOException {
      lock.lock();
      try {
        if (!closing.get()) {
          busy.set(1);
          process =
              WorkerProcess.start(
                  place.kind().main,
                  place.settings(),
                  plant,
                  folder.resolve(log(place)),
                  this::said);
          down = false;
        }
      } finally {
        lock.unlock();
      }
    }

    private void said(WorkerProcess from, String line) {
      String[] words = line.split(" ");
      switch (words[0]) {
        case "ready" -> reports.up(this);
        case "hit" ->
            Thread.ofVirtual()
                .start(() -> reports.hit(this, Long.parseLong(words[1]), words[2], words[3]));
        case "at" ->
            checkpoints.merge(
                new Shard(words[1], words[2]), new BigInteger(words[3]), BigInteger::max);
        case "busy" -> busy.set(Integer.parseInt(words[1]));
        case "looked" -> lookedNanos.set(System.nanoTime());
        default -> LOG.warn("{} said: {}", name(), line);
      }
    }

    boolean isUp() {
      WorkerProcess now = process;
      return now != null && now.isReady() && !frozen;
    }

    /** Starts one again that has ended without having been killed. */
    private void revive() throws IOException {
      lock.lock();
      try {
        WorkerProcess now = process;
        if (!down && now != null && !now.isAlive() && !closing.get()) {
          diedAlone.incrementAndGet();
          LOG.error("{} ended by itself: pid={}", name(), now.pid());
          start();
        }
      } finally {
        lock.unlock();
      }
    }

    private void end() {
      lock.lock();
      try {
        WorkerProcess now = process;
        if (now != null) {
          now.kill();
        }
      } finally {
        lock.unlock();
      }
    }
  }

  /**
   * @param places in the order in which they are started
   * @param folder where their logs go
   */
  Workers(List<Place> places, Plant plant, Path folder) {
    this.plant = plant;
    this.folder = folder;
    places.forEach(place -> workers.add(new Worker(place)));
    Runtime.getRuntime().addShutdownHook(hook);
  }

  void reportTo(Reports to) {
    reports = to;
  }

  /** Starts the next of them and returns when it is ready. */
  void startNext() throws IOException, InterruptedException {
    Worker worker = workers.stream().filter(w -> w.process == null).findFirst().orElseThrow();
    worker.start();
    WorkerProcess process = worker.process;
    if (process == null || !process.awaitReady(READY_WITHIN)) {
      throw new IOException("%s did not start; its log is in %s".formatted(worker.name(), folder));
    }
  }

  /** The name of a place's log. */
  static String log(Place place) {
    return place.kind().text() + "-" + place.name() + ".log";
  }

  /** SIGKILL of some worker that is up; another is started after {@code time}. */
  void killWorker(Duration time) {
    workers.stream()
        .filter(w -> w.place.kind() == Kind.WORKER && w.isUp())
        .findAny()
        .ifPresent(w -> w.kill(time));
  }

  /** Whether a poller has looked within the last {@code time}. */
  boolean lookedWithin(Duration time) {
    return System.nanoTime() - lookedNanos.get() < time.toNanos();
  }

  @Nullable Worker behind(int door) {
    return workers.stream().filter(w -> w.hasDoor(door)).findFirst().orElse(null);
  }

  void orderAll(String line) {
    workers.forEach(w -> w.order(line));
  }

  /** The position up to which everything of a shard is finished, as the workers said. */
  Map<Shard, BigInteger> checkpoints() {
    return Map.copyOf(checkpoints);
  }

  /** How many ended by themselves since the last time this was asked. */
  int diedAlone() {
    return diedAlone.getAndSet(0);
  }

  /** Whether every worker is started and not frozen. */
  boolean allUp() {
    return workers.stream().allMatch(Worker::isUp);
  }

  /** Whether every worker is up and works on nothing, as far as they have said; asks them anew. */
  boolean idle() {
    try {
      for (Worker worker : workers) {
        worker.revive();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    boolean idle = workers.stream().allMatch(w -> w.isUp() && w.busy.get() == 0);
    workers.forEach(w -> w.busy.set(1)); // until it answers
    orderAll("busy");
    return idle;
  }

  private void killAll() {
    closing.set(true);
    workers.forEach(Worker::end);
  }

  /** SIGKILL to all; what they held is of no interest any more. */
  @Override
  public void close() {
    killAll();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      LOG.debug("the JVM ends already", e);
    }
  }
}
