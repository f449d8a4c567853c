package io.timebridge.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.timebridge.failure.RememberedParkedEvents;
import io.timebridge.failure.StoreTrouble;
import io.timebridge.services.ServiceTrouble;
import io.timebridge.services.first.FirstService.Project;
import io.timebridge.settings.SettingsLoader;
import io.timebridge.stream.Envelope;
import io.timebridge.stream.JobEvent;
import io.timebridge.stream.Route;
import io.timebridge.stream.StreamRecord;
import io.timebridge.turn.Turn;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Labels on the projects of jobs, with FirstService, rows and time in memory. */
class LabelWatchTest {
  private static final Duration EVERY = Duration.ofHours(6);

  private final FakeFirstService first = new FakeFirstService();
  private final InMemoryJobStates states = new InMemoryJobStates();
  private final AtomicLong now = new AtomicLong(1_000);
  private final Map<Long, Set<Long>> needed = new HashMap<>();
  private final Set<Long> unreadable = new HashSet<>();
  private String state = "one";
  private boolean mine = true;
  private int snapshots;
  private final List<Long> asked = new ArrayList<>();
  private Runnable whenAsked = () -> {};
  private long lastSequence = 100;

  private final TaskLabels labels =
      () -> {
        snapshots++;
        String then = state;
        return new TaskLabels.Snapshot() {
          @Override
          public Object state() {
            return then;
          }

          @Override
          public Set<Long> of(long jobId) throws ServiceTrouble {
            asked.add(jobId);
            whenAsked.run();
            if (unreadable.contains(jobId)) {
              throw new ServiceTrouble(ServiceTrouble.Kind.UNKNOWN, "listTasks is unreadable");
            }
            return needed.getOrDefault(jobId, Set.of());
          }
        };
      };

  private final Turn turn =
      new Turn() {
        @Override
        public boolean take(Duration holdFor) {
          return mine;
        }

        @Override
        public boolean takeAfter(Duration every, Duration holdFor) {
          return mine;
        }

        @Override
        public void done() {}

        @Override
        public void give() {
          mine = false;
        }
      };

  private final LabelWatch watch = new LabelWatch(labels, turn, EVERY, now::get);
  private final JobApplier applier =
      new JobApplier(
          new JobApplier.Parts(
              first,
              states,
              new RememberedParkedEvents(),
              new SettingsLoader()
                  .values(
                      Map.of(
                          "first-service.send-within", "5s",
                          "first-service.lands-within", "30s",
                          "first-service.visible-within", "4s"),
                      "test")
                  .load((aws, path) -> Map.of())
                  .settings()
                  .firstService(),
              "process",
              () -> Instant.EPOCH.plusNanos(now.get()),
              now::incrementAndGet,
              this::pass,
              watch::opened));

  private void pass(Duration time) {
    now.addAndGet(time.toNanos());
  }

  private int look() throws StoreTrouble, InterruptedException {
    assertThat(watch.isDue()).isTrue();
    return watch.look(applier);
  }

  /** A job whose project has these labels of its own, enabled by a person. */
  private long project(long job, Long... byHand) throws InterruptedException {
    apply(job, true);
    long id = only(job).id();
    first.chooseLabels(id, Set.of(byHand));
    pass(Duration.ofSeconds(10));
    return id;
  }

  private void apply(long job, boolean open) throws InterruptedException {
    JobEvent event =
        new JobEvent.Job("changed", 1, job, "J-" + job, "Site", 3, "C-3", "Acme", open);
    applier.handle(
        new StreamRecord(
            "shard-0",
            BigInteger.valueOf(++lastSequence),
            new Envelope(
                "id-" + lastSequence,
                Envelope.Source.SECOND_SERVICE,
                Route.JOB_CHANGE,
                event.key(),
                Instant.EPOCH,
                Map.of(),
                event.encode(),
                null)));
  }

  private Project only(long job) {
    List<Project> of =
        first.allProjects().stream()
            .filter(p -> p.externalId().equals(Long.toString(job)))
            .toList();
    assertThat(of).hasSize(1);
    return of.getFirst();
  }

  private List<String> labelCalls() {
    return first.calls().stream().filter(call -> call.startsWith("enable labels")).toList();
  }

  @Test
  void enables_what_a_new_jobs_tasks_need_and_keeps_what_a_person_enabled() throws Exception {
    needed.put(7L, Set.of(1L, 2L));
    project(7, 2L, 99L);

    assertThat(look()).isEqualTo(1);

    assertThat(only(7).labelIds()).containsExactlyInAnyOrder(1L, 2L, 99L);
    assertThat(only(7))
        .extracting(Project::name, Project::active)
        .containsExactly("Site - J-7", true);
    pass(EVERY);
    look();
    assertThat(labelCalls()).as("once").hasSize(1);
  }

  @Test
  void keeps_a_label_that_a_person_enabled_after_the_last_listing() throws Exception {
    project(7);
    look();
    first.chooseLabels(only(7).id(), Set.of(99L));
    needed.put(7L, Set.of(1L));
    pass(Duration.ofSeconds(10));

    watch.opened(7);
    look();

    assertThat(only(7).labelIds()).containsExactlyInAnyOrder(1L, 99L);
  }

  @Test
  void sends_nothing_that_is_no_longer_recent_when_its_turn_has_come() throws Exception {
    needed.put(7L, Set.of(1L));
    long id = project(7);
    first.whenInTurn(() -> {
      first.chooseLabels(id, Set.of(99L));
      pass(Directory.RELOAD_AT_MOST.plusMillis(1));
    });
    assertThat(look()).isZero();
    assertThat(labelCalls()).isEmpty();

    pass(LabelWatch.STATE_EVERY);
    assertThat(look()).isEqualTo(1);
    assertThat(only(7).labelIds()).containsExactlyInAnyOrder(1L, 99L);
  }

  @Test
  void sends_what_is_known_when_its_turn_has_come() throws Exception {
    needed.put(7L, Set.of(1L));
    long id = project(7);
    first.whenInTurn(() -> {
      first.chooseLabels(id, Set.of(99L));
      listAgain();
    });
    assertThat(look()).isEqualTo(1);
    assertThat(only(7).labelIds()).containsExactlyInAnyOrder(1L, 99L);
  }

  @Test
  void leaves_a_project_alone_that_has_all_labels_when_its_turn_has_come() throws Exception {
    needed.put(7L, Set.of(1L));
    project(7);
    Project is = only(7);
    first.whenInTurn(() -> {
      first.setProject(
          new Project(is.id(), is.name(), is.externalId(), is.active(), is.clientId()));
      listAgain();
    });
    assertThat(look()).isZero();
    assertThat(labelCalls()).isEmpty();
    assertThat(states.rows().get("job-7").intent()).as("given back").isEmpty();
  }

  /** As another event's look-up does. */
  private void listAgain() {
    try {
      assertThat(applier.jobsWithLabels()).isNotNull();
    } catch (ServiceTrouble | InterruptedException unexpected) {
      throw new AssertionError(unexpected);
    }
  }

  @Test
  void a_job_that_was_opened_is_looked_at_alone_and_begins_no_round() throws Exception {
    project(7);
    project(8);
    look();
    pass(Duration.ofSeconds(10));
    int listings = first.listings();
    int before = snapshots;
    asked.clear();

    watch.opened(7);
    look();
    assertThat(asked).containsExactly(7L);
    pass(LabelWatch.STATE_EVERY);
    look();

    assertThat(asked).as("nothing has changed").containsExactly(7L);
    assertThat(first.listings()).isEqualTo(listings);
    assertThat(snapshots).isEqualTo(before + 2);
  }

  @Test
  void a_job_that_is_opened_while_it_is_looked_at_is_looked_at_again() throws Exception {
    project(7);
    look();
    watch.opened(7);
    whenAsked =
        () -> {
          whenAsked = () -> {};
          needed.put(7L, Set.of(1L));
          watch.opened(7);
        };
    look();
    pass(Duration.ofSeconds(10));
    look();

    assertThat(asked).endsWith(7L, 7L);
    assertThat(only(7).labelIds()).containsExactly(1L);
  }

  @Test
  void a_job_that_was_opened_is_not_forgotten_in_an_outage() throws Exception {
    project(7);
    look();
    needed.put(7L, Set.of(1L));
    watch.opened(7);
    first.circuitOpen(true);
    assertThat(look()).isZero();

    first.circuitOpen(false);
    assertThat(look()).isEqualTo(1);
  }

  @Test
  void looks_at_all_jobs_when_a_mapping_changes_and_once_per_period() throws Exception {
    project(7);
    project(8);
    look();
    assertThat(watch.isDue()).as("nothing is asked for between two looks").isFalse();

    needed.put(7L, Set.of(1L));
    pass(LabelWatch.STATE_EVERY);
    look();
    assertThat(labelCalls()).as("nothing has changed that anybody could know of").isEmpty();
    state = "two";
    pass(LabelWatch.STATE_EVERY);
    look();
    assertThat(only(7).labelIds()).containsExactly(1L);

    needed.put(8L, Set.of(5L));
    pass(EVERY);
    look();
    assertThat(only(8).labelIds()).as("a task was added").containsExactly(5L);
  }

  @Test
  void takes_nothing_away_that_is_needed_no_longer() throws Exception {
    needed.put(7L, Set.of(1L));
    project(7);
    look();
    needed.put(7L, Set.of(2L));
    state = "two";
    pass(LabelWatch.STATE_EVERY);
    look();

    assertThat(only(7).labelIds()).containsExactlyInAnyOrder(1L, 2L);
  }

  @Test
  void leaves_archived_projects_and_those_with_all_or_no_labels_alone() throws Exception {
    needed.put(7L, Set.of(1L));
    needed.put(8L, Set.of(1L));
    project(7);
    apply(7, false);
    apply(8, true);
    pass(Duration.ofSeconds(10));
    look();
    pass(EVERY);
    look();

    assertThat(only(7).active()).isFalse();
    assertThat(only(8).customLabels()).isFalse();
    assertThat(labelCalls()).isEmpty();
  }

  @Test
  void a_lost_answer_is_waited_for_and_nothing_is_sent_twice_or_to_another_event()
      throws Exception {
    needed.put(7L, Set.of(1L));
    project(7, 99L);
    first.next(FakeFirstService.Ending.LATE);
    assertThat(look()).isZero();
    first.land();
    pass(LabelWatch.STATE_EVERY);
    look();

    assertThat(only(7).labelIds()).containsExactlyInAnyOrder(1L, 99L);
    apply(7, false);
    assertThat(only(7).active()).as("the next event of the job is applied").isFalse();
    assertThat(only(7).labelIds()).containsExactlyInAnyOrder(1L, 99L);
  }

  @Test
  void a_job_that_cannot_be_looked_at_holds_up_no_other_and_has_its_turn_later() throws Exception {
    needed.put(7L, Set.of(1L));
    needed.put(8L, Set.of(2L));
    unreadable.add(7L);
    project(7);
    project(8);
    look();
    assertThat(only(8).labelIds()).containsExactly(2L);
    assertThat(watch.isDue()).isFalse();

    unreadable.clear();
    pass(LabelWatch.STATE_EVERY);
    look();
    assertThat(only(7).labelIds()).containsExactly(1L);
  }

  @Test
  void a_refusal_changes_nothing_of_the_job() throws Exception {
    needed.put(7L, Set.of(1L));
    project(7);
    first.next(FakeFirstService.Ending.REFUSED);
    assertThat(look()).isZero();

    apply(7, false);
    assertThat(only(7).active()).isFalse();
  }

  @Test
  void without_the_turn_it_looks_at_its_own_jobs_alone() throws Exception {
    project(7);
    look();
    mine = false;
    int before = snapshots;
    pass(EVERY);
    look();
    assertThat(snapshots).as("nobody is asked").isEqualTo(before);

    needed.put(7L, Set.of(1L));
    watch.opened(7);
    look();
    assertThat(only(7).labelIds()).containsExactly(1L);
  }
}
