package io.timebridge.timesheet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.timebridge.ordering.Outcome;
import io.timebridge.services.second.SecondService;
import io.timebridge.settings.Settings;
import io.timebridge.settings.SettingsLoader;
import io.timebridge.stream.EntryId;
import io.timebridge.stream.Envelope;
import io.timebridge.stream.Replayed;
import io.timebridge.stream.Route;
import io.timebridge.stream.StreamRecord;
import io.timebridge.timesheet.TaskMapping.TaskRef;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a replay brings takes few of the calls at a time, and what came just now the others. */
class ReplayedEntriesTest {
  private static final int LIVE = 100;

  private final FakeServices services = new FakeServices();
  private final InMemoryEntryStore store = new InMemoryEntryStore();
  private final CountDownLatch answers = new CountDownLatch(1);
  private final CountDownLatch pauses = new CountDownLatch(1);
  private final Set<String> underWay = new ConcurrentSkipListSet<>();
  private final List<FutureTask<Outcome>> outcomes = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();
  private volatile boolean slow;
  private long seq = 100;
  private final TimesheetApplier applier = applier();

  private TimesheetApplier applier() {
    Settings settings =
        new SettingsLoader()
            .values(Map.of("second-service.concurrent-calls", "4"), "test")
            .load((aws, path) -> Map.of())
            .settings();
    return new TimesheetApplier(
        new TimesheetApplier.Parts(
            services.first(),
            slowToWrite(services.second()),
            store,
            label -> label == 11 ? Optional.of(new TaskRef.ByName("DESIGN")) : Optional.empty(),
            (id, places, why) -> {},
            (record, problem) -> new Outcome.Parked(problem),
            wakeUp -> {},
            settings.secondService(),
            settings.timesheet(),
            "test",
            Instant::now,
            System::nanoTime,
            time -> pauses.await(),
            Runnable::run));
  }

  /** As the other, but that writing lasts until {@link #answers}; one call at a time. */
  private SecondService slowToWrite(SecondService second) {
    return (SecondService)
        Proxy.newProxyInstance(
            SecondService.class.getClassLoader(),
            new Class<?>[] {SecondService.class},
            (proxy, method, arguments) -> {
              String name = method.getName();
              if ((name.equals("add") || name.equals("update")) && slow) {
                underWay.add(
                    ((SecondService.Timesheet) arguments[name.equals("add") ? 0 : 1])
                        .description());
                answers.await();
              }
              try {
                synchronized (services) {
                  Object answer = method.invoke(second, arguments);
                  return answer instanceof SecondService view ? slowToWrite(view) : answer;
                }
              } catch (InvocationTargetException thrown) {
                throw thrown.getCause();
              }
            });
  }

  private Envelope envelope(long id, long version) {
    return new Envelope(
        "id-" + id,
        Envelope.Source.FIRST_SERVICE,
        Route.TIMESHEET_UPDATE,
        Long.toString(id),
        Instant.EPOCH,
        Map.of(),
        ("{\"payload\":" + services.entry(id, version, 3600) + "}")
            .getBytes(StandardCharsets.UTF_8),
        null);
  }

  private StreamRecord live(Envelope envelope) {
    return new StreamRecord("shard-0", BigInteger.valueOf(seq++), envelope);
  }

  private StreamRecord replayed(Envelope envelope) {
    return live(new Replayed("test", Optional.of(BigInteger.ONE)).mark(envelope));
  }

  private void handle(StreamRecord record) {
    FutureTask<Outcome> outcome = new FutureTask<>(() -> applier.handle(record));
    outcomes.add(outcome);
    threads.add(Thread.ofPlatform().daemon().start(outcome));
  }

  private void awaitAllWaiting() {
    await().until(() -> threads.stream().allMatch(t -> t.getState() == Thread.State.WAITING));
  }

  @BeforeEach
  void bookSome() throws Exception {
    for (long id = 1; id < 6; id++) {
      assertThat(applier.handle(live(envelope(id, 5)))).isInstanceOf(Outcome.Applied.class);
    }
    slow = true;
  }

  @AfterEach
  void end() throws Exception {
    answers.countDown();
    pauses.countDown();
    for (FutureTask<Outcome> outcome : outcomes) {
      assertThat(outcome.get()).isInstanceOf(Outcome.Applied.class);
    }
  }

  @Test
  void events_of_a_replay_leave_the_other_calls_to_live_events() {
    List<StreamRecord> all = new ArrayList<>();
    for (long id = 2; id < 6; id++) {
      all.add(replayed(envelope(id, 6)));
    }
    for (long id = LIVE; id < LIVE + 3; id++) {
      all.add(live(envelope(id, 5)));
    }
    all.forEach(this::handle);
    awaitAllWaiting();
    assertThat(underWay).hasSize(4).contains("v5 [TB#100]", "v5 [TB#101]", "v5 [TB#102]");
  }

  @Test
  void an_event_of_a_replay_that_waits_for_a_report_lets_the_next_one_go() {
    StreamRecord check = replayed(VerifyEvent.of(new EntryId(1), Set.of(), false, Instant.now()));
    StreamRecord next = replayed(envelope(2, 6));
    handle(check);
    awaitAllWaiting();
    handle(next);
    awaitAllWaiting();
    assertThat(underWay).containsExactly("v6 [TB#2]");
  }
}
