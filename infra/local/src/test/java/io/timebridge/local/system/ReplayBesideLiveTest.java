package io.timebridge.local.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.timebridge.local.sim.SimControl;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/**
 * How long live entries take while everything before them is done again at the default rate, and
 * while nothing is; in turn, so that both see the same machine. They come at times of their own,
 * since even steps would beat with those of the workers' reads. Beside a replay count only those
 * that were posted before it ended. It logs the times; it asserts that all is booked once.
 */
@Tag("long")
class ReplayBesideLiveTest {
  private static final Logger LOG = LoggerFactory.getLogger(ReplayBesideLiveTest.class);
  private static final int ROUNDS = 4;

  private final Random random = new Random(7);

  @TempDir Path folder;

  @Test
  void live_entries_are_booked_beside_a_replay_on_a_quick_service() throws Exception {
    measure(
        "2 to 20 ms a call, 80 calls a second",
        Simulators.Behaviour.calm(1),
        Map.of("second-service.calls-per-second", "80"),
        new Load(300, 60, 5));
  }

  /** As it is said to be, at the limits that are the default. */
  @Test
  void live_entries_are_booked_beside_a_replay_on_a_slow_service() throws Exception {
    measure(
        "50 to 500 ms a call, 20 calls a second, 4 at a time",
        new Simulators.Behaviour(1, Duration.ofMinutes(15), 50, 500, 8),
        Map.of("second-service.calls-per-second", "20", "second-service.concurrent-calls", "4"),
        new Load(150, 60, 2));
  }

  /**
   * @param lost entries to be done again
   * @param live entries of a round
   * @param perSecond of them, on average
   */
  private record Load(int lost, int live, int perSecond) {}

  private void measure(
      String service, Simulators.Behaviour behaviour, Map<String, String> settings, Load load)
      throws Exception {
    List<Long> with = new ArrayList<>();
    List<Long> without = new ArrayList<>();
    try (ReplayRig rig = new ReplayRig(folder, settings, behaviour);
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      String since = Instant.now().truncatedTo(ChronoUnit.MILLIS).toString();
      List<Long> lost = new ArrayList<>();
      for (int i = 0; i < load.lost(); i++) {
        lost.add(rig.track());
      }
      awaitBooked(rig, 0, lost);
      String until = Instant.now().toString();
      for (int round = 0; round < ROUNDS; round++) {
        without.addAll(live(rig, load, () -> true));
        rig.loseTimesheets(0);
        rig.loseRows();
        int before = rig.ledger();
        Future<JsonNode> replay =
            threads.submit(() -> rig.replay("--from", since, "--to", until, "--restart"));
        await().atMost(WakingRig.PATIENCE).until(() -> rig.ledger() > before);
        with.addAll(live(rig, load, () -> !replay.isDone()));
        replay.get();
        for (long entry : lost) {
          assertThat(rig.effects(entry, before)).hasSize(1);
        }
      }
    }
    LOG.info("{}, without a replay: {}", service, figures(without));
    LOG.info("{}, beside a replay:  {}", service, figures(with));
  }

  /** Milliseconds from post to booking, of each that was posted while it counted. */
  private List<Long> live(ReplayRig rig, Load load, BooleanSupplier counts)
      throws InterruptedException {
    int before = rig.ledger();
    Map<Long, Instant> posted = new HashMap<>();
    Map<Long, Instant> counted = new HashMap<>();
    Semaphore never = new Semaphore(0);
    double next = System.nanoTime();
    for (int i = 0; i < load.live(); i++) {
      Instant at = Instant.now();
      long entry = rig.track();
      posted.put(entry, at);
      if (counts.getAsBoolean()) {
        counted.put(entry, at);
      }
      next += random.nextExponential() * TimeUnit.SECONDS.toNanos(1) / load.perSecond();
      assertThat(never.tryAcquire((long) next - System.nanoTime(), TimeUnit.NANOSECONDS)).isFalse();
    }
    Map<Long, Instant> booked = awaitBooked(rig, before, List.copyOf(posted.keySet()));
    return counted.entrySet().stream()
        .map(e ->
            Duration.between(
                    e.getValue(), booked.getOrDefault(e.getKey(), Instant.MAX.minusSeconds(1)))
                .toMillis())
        .toList();
  }

  private static Map<Long, Instant> awaitBooked(ReplayRig rig, int before, List<Long> entries) {
    Map<Long, Instant> booked = new HashMap<>();
    await()
        .atMost(WakingRig.PATIENCE)
        .pollInterval(Duration.ofSeconds(1))
        .until(() -> {
          for (SimControl.Effect effect : rig.system.second.ledger(before)) {
            String text = effect.content().path("strDescription").asString("");
            if (effect.op().equals("timesheet.add") && text.endsWith("]")) {
              booked.putIfAbsent(
                  Long.valueOf(text.replaceAll("(?s).*\\[TB#(\\d+)]$", "$1")), effect.at());
            }
          }
          return booked.keySet().containsAll(entries);
        });
    return booked;
  }

  private static String figures(List<Long> millis) {
    List<Long> sorted = millis.stream().sorted().toList();
    return "median %d ms, p95 %d ms, longest %d ms of %d"
        .formatted(
            sorted.get(sorted.size() / 2),
            sorted.get(sorted.size() * 95 / 100),
            sorted.getLast(),
            sorted.size());
  }
}
