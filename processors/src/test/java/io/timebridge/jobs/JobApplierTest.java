package io.timebridge.jobs;

import static io.timebridge.jobs.FakeFirstService.Ending;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.timebridge.failure.RememberedParkedEvents;
import io.timebridge.ordering.Outcome;
import io.timebridge.services.first.FirstService.Client;
import io.timebridge.services.first.FirstService.Project;
import io.timebridge.settings.Settings;
import io.timebridge.settings.SettingsLoader;
import io.timebridge.stream.Envelope;
import io.timebridge.stream.JobEvent;
import io.timebridge.stream.Replayed;
import io.timebridge.stream.Route;
import io.timebridge.stream.StreamRecord;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class JobApplierTest {
  private static final Settings.FirstService SETTINGS =
      new SettingsLoader()
          .values(
              Map.of(
                  "first-service.send-within", "5s",
                  "first-service.lands-within", "30s",
                  "first-service.visible-within", "4s"),
              "test")
          .load((aws, path) -> Map.of())
          .settings()
          .firstService();
  private static final Duration SPAN = SETTINGS.span();

  private final FakeFirstService first = new FakeFirstService();
  private final InMemoryJobStates states = new InMemoryJobStates();
  private final RememberedParkedEvents parked = new RememberedParkedEvents();
  private final AtomicLong now = new AtomicLong(1_000);
  private int processes;
  private long lastSequence = 100;
  private final List<Long> opened = new ArrayList<>();
  private final JobApplier applier = newProcess();

  private JobApplier newProcess() {
    return new JobApplier(
        new JobApplier.Parts(
            first,
            states,
            parked,
            SETTINGS,
            "process-" + ++processes,
            () -> Instant.EPOCH.plusNanos(now.get()),
            now::incrementAndGet,
            this::pass,
            opened::add));
  }

  private void pass(Duration time) {
    now.addAndGet(time.toNanos());
  }

  @Test
  void makes_client_and_project_when_there_are_none() throws Exception {
    assertThat(apply(job(7, "Site", "J-7").of(3, "Acme"))).isInstanceOf(Outcome.Applied.class);

    Client client = onlyClient();
    assertThat(client).extracting(Client::name, Client::externalId).containsExactly("Acme", "3");
    assertThat(onlyProject())
        .isEqualTo(new Project(onlyProject().id(), "Site - J-7", "7", true, client.id()));
  }

  @Test
  void adopts_client_and_project_of_the_same_name_when_they_have_no_external_id() throws Exception {
    Client client = first.addClient("Acme", "");
    Project project = first.addProject("Site - J-7", "", false, client.id());

    apply(job(7, "Site", "J-7").of(3, "Acme"));

    assertThat(onlyClient()).isEqualTo(new Client(client.id(), "Acme", "3"));
    assertThat(onlyProject())
        .isEqualTo(new Project(project.id(), "Site - J-7", "7", true, client.id()));
  }

  @Test
  void adopts_nothing_of_another_name_another_client_or_another_job() throws Exception {
    Client mine = first.addClient("Acme", "3");
    Client other = first.addClient("Acme", "4");
    first.addProject("Site - J-7", "", true, other.id());
    first.addProject("Site - J-7", "8", true, mine.id());
    first.addProject("site - J-7", "", true, mine.id());

    apply(job(7, "Site", "J-7").of(3, "Acme"));

    assertThat(first.calls()).containsExactly("create project Site - J-7");
    assertThat(first.allClients()).hasSize(2);
  }

  @Test
  void two_jobs_of_one_name_adopt_one_project_and_make_one() throws Exception {
    Client client = first.addClient("Acme", "3");
    first.addProject("Site - J", "", true, client.id());

    apply(job(7, "Site", "J").of(3, "Acme"));
    apply(job(8, "Site", "J").of(3, "Acme"));

    assertThat(first.allProjects()).extracting(Project::externalId).containsExactly("7", "8");
  }

  @Test
  void renamed_moved_closed_and_reopened_jobs_change_their_one_project() throws Exception {
    apply(job(7, "Site", "J-7").of(3, "Acme"));
    long id = onlyProject().id();

    apply(job(7, "Bridge", "J-7b").of(3, "Acme"));
    assertThat(onlyProject()).extracting(Project::name).isEqualTo("Bridge - J-7b");

    apply(job(7, "Bridge", "J-7b").of(4, "Bolt"));
    assertThat(first.allClients())
        .extracting(Client::externalId, Client::name)
        .containsExactly(tuple("3", "Acme"), tuple("4", "Bolt"));
    assertThat(onlyProject().clientId()).isEqualTo(first.allClients().get(1).id());

    apply(job(7, "Bridge", "J-7b").of(4, "Bolt").closed());
    assertThat(onlyProject().active()).isFalse();

    apply(job(7, "Bridge", "J-7b").of(4, "Bolt"));
    assertThat(onlyProject()).extracting(Project::id, Project::active).containsExactly(id, true);
  }

  @Test
  void a_closed_job_that_never_had_a_project_gets_none() throws Exception {
    assertThat(apply(job(7, "Site", "J-7").of(3, "Acme").closed()))
        .isInstanceOf(Outcome.Skipped.class);
    assertThat(first.calls()).isEmpty();
  }

  @Test
  void events_of_client_and_job_end_the_same_in_either_order() throws Exception {
    apply(client(3, "Acme"));
    apply(job(7, "Site", "J-7").of(3, "Acme"));
    apply(job(8, "Site", "J-8").of(4, "Bolt"));
    apply(client(4, "Bolt"));

    assertThat(first.allClients())
        .extracting(Client::externalId, Client::name)
        .containsExactly(tuple("3", "Acme"), tuple("4", "Bolt"));
  }

  @Test
  void a_renamed_client_is_renamed_by_its_own_event_only() throws Exception {
    apply(client(3, "Acme"));
    apply(client(3, "Acme Ltd"));
    apply(job(7, "Site", "J-7").of(3, "Acme"));

    assertThat(onlyClient().name()).isEqualTo("Acme Ltd");
  }

  @Test
  void repeats_change_nothing_and_ask_nothing() throws Exception {
    StreamRecord jobRecord = record(job(7, "Site", "J-7").of(3, "Acme").event());
    StreamRecord clientRecord = record(client(3, "Acme"));
    applier.handle(jobRecord);
    applier.handle(clientRecord);
    List<String> calls = first.calls();
    int listings = first.listings();

    assertThat(applier.handle(jobRecord)).isEqualTo(new Outcome.Skipped("applied already"));
    assertThat(apply(job(7, "Site", "J-7").of(3, "Acme"))).isInstanceOf(Outcome.Skipped.class);
    assertThat(applier.handle(clientRecord)).isInstanceOf(Outcome.Skipped.class);
    assertThat(newProcess().handle(jobRecord)).isInstanceOf(Outcome.Skipped.class);
    assertThat(first.calls()).isEqualTo(calls);
    assertThat(first.listings()).isEqualTo(listings);
  }

  @Test
  void an_older_epoch_is_skipped_and_a_newer_one_is_not() throws Exception {
    apply(job(7, "New", "J-7").of(3, "Acme").epoch(5));

    assertThat(apply(job(7, "Old", "J-7").of(3, "Acme").epoch(4)))
        .isInstanceOf(Outcome.Skipped.class);
    assertThat(onlyProject().name()).isEqualTo("New - J-7");

    apply(job(7, "Newer", "J-7").of(3, "Acme").epoch(6));
    assertThat(onlyProject().name()).isEqualTo("Newer - J-7");
  }

  @Test
  void an_earlier_event_of_the_same_epoch_replayed_late_is_skipped() throws Exception {
    StreamRecord early = record(job(7, "Old", "J-7").of(3, "Acme").event());
    apply(job(7, "New", "J-7").of(3, "Acme"));

    assertThat(applier.handle(early)).isInstanceOf(Outcome.Skipped.class);
    assertThat(onlyProject().name()).isEqualTo("New - J-7");
  }

  @Test
  void an_event_that_a_replay_published_again_stands_where_it_stood_at_first() throws Exception {
    StreamRecord early = record(job(7, "Old", "J-7").of(3, "Acme").event());
    StreamRecord newer = record(job(7, "New", "J-7").of(3, "Acme").event());
    applier.handle(newer);

    assertThat(applier.handle(again(early))).isInstanceOf(Outcome.Skipped.class);
    assertThat(applier.handle(again(newer))).isInstanceOf(Outcome.Skipped.class);
    assertThat(onlyProject().name()).isEqualTo("New - J-7");

    StreamRecord lost = record(job(8, "Lost", "J-8").of(3, "Acme").event());
    assertThat(applier.handle(again(lost))).isInstanceOf(Outcome.Applied.class);
    assertThat(applier.handle(lost)).as("it came after all").isInstanceOf(Outcome.Skipped.class);
  }

  private StreamRecord again(StreamRecord record) {
    return new StreamRecord(
        record.shard(),
        BigInteger.valueOf(++lastSequence),
        new Replayed("r", Optional.of(record.sequence())).mark(record.envelope()));
  }

  @Test
  void concurrent_jobs_of_one_new_client_make_one_client() throws Exception {
    int jobs = 40;
    CountDownLatch allStarted = new CountDownLatch(jobs);
    CountDownLatch another = new CountDownLatch(2);
    // whoever creates gives a second creator, who must not come, the time to come
    first.beforeClientCreate(() -> {
      another.countDown();
      try {
        assertThat(another.await(500, TimeUnit.MILLISECONDS)).isFalse();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    });
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Outcome>> outcomes = new ArrayList<>();
      for (int j = 1; j <= jobs; j++) {
        StreamRecord record = record(job(j, "Site", "J-" + j).of(3, "Acme").event());
        outcomes.add(
            threads.submit(() -> {
              allStarted.countDown();
              allStarted.await();
              return applier.handle(record);
            }));
      }
      for (Future<Outcome> outcome : outcomes) {
        assertThat(outcome.get(20, TimeUnit.SECONDS)).isInstanceOf(Outcome.Applied.class);
      }
    }
    assertThat(first.allClients()).hasSize(1);
    assertThat(first.allProjects()).hasSize(jobs);
    assertThat(first.listings()).isLessThan(10);
  }

  @ParameterizedTest
  @EnumSource(names = {"ANSWER_LOST", "SILENT", "LATE"})
  void a_create_of_unknown_outcome_ends_in_one_project(Ending ending) throws Exception {
    first.addClient("Acme", "3");
    StreamRecord record = record(job(7, "Site", "J-7").of(3, "Acme").event());
    first.next(ending);

    Outcome.Retry look = (Outcome.Retry) applier.handle(record);
    assertThat(look.after().orElseThrow()).isBetween(SPAN.minusSeconds(1), SPAN);

    handleUntilDone(record);
    assertThat(onlyProject().name()).isEqualTo("Site - J-7");
    assertThat(first.calls()).hasSize(ending == Ending.SILENT ? 2 : 1);
  }

  @ParameterizedTest
  @EnumSource(names = {"ANSWER_LOST", "SILENT", "LATE"})
  void a_client_create_of_unknown_outcome_holds_every_job_of_the_client(Ending ending)
      throws Exception {
    StreamRecord one = record(job(7, "Site", "J-7").of(3, "Acme").event());
    StreamRecord other = record(job(8, "Site", "J-8").of(3, "Acme").event());
    first.next(ending);

    assertThat(applier.handle(one)).isInstanceOf(Outcome.Retry.class);
    handleUntilDone(other);
    handleUntilDone(one);

    assertThat(first.allClients()).hasSize(1);
    assertThat(first.allProjects()).hasSize(2);
  }

  @ParameterizedTest
  @EnumSource(names = {"ANSWER_LOST", "SILENT", "LATE"})
  void an_update_of_unknown_outcome_never_lands_after_the_next_one(Ending ending) throws Exception {
    apply(job(7, "Site", "J-7").of(3, "Acme"));
    StreamRecord renamed = record(job(7, "Bridge", "J-7").of(3, "Acme").event());
    StreamRecord again = record(job(7, "Tunnel", "J-7").of(3, "Acme").event());
    first.next(ending);

    assertThat(applier.handle(renamed)).isInstanceOf(Outcome.Retry.class);
    handleUntilDone(renamed);
    handleUntilDone(again);

    first.land();
    assertThat(onlyProject().name()).isEqualTo("Tunnel - J-7");
  }

  @Test
  void a_refused_call_for_lack_of_time_is_retried_after_what_the_service_asked() throws Exception {
    first.next(Ending.BUSY);

    assertThat(apply(job(7, "Site", "J-7").of(3, "Acme")))
        .isEqualTo(new Outcome.Retry("429", Duration.ofSeconds(7)));
    assertThat(first.allClients()).isEmpty();
  }

  @Test
  void a_refused_event_is_parked_and_nothing_older_follows_it() throws Exception {
    first.addClient("Acme", "3");
    StreamRecord older = record(job(7, "Old", "J-7").of(3, "Acme").epoch(1).event());
    StreamRecord refused = record(job(7, "Site", "J-7").of(3, "Acme").epoch(2).event());
    first.next(Ending.REFUSED);

    assertThat(applier.handle(refused)).isEqualTo(new Outcome.Parked("refused"));
    assertThat(parked.events())
        .singleElement()
        .satisfies(event -> {
          assertThat(event.key()).isEqualTo("job-7");
          assertThat(event.record()).isEqualTo(refused);
          assertThat(event.detail()).contains("is not welcome");
        });
    assertThat(applier.handle(older)).isInstanceOf(Outcome.Skipped.class);
    assertThat(first.allProjects()).isEmpty();

    assertThat(applier.handle(refused)).isInstanceOf(Outcome.Applied.class);
    assertThat(onlyProject().name()).isEqualTo("Site - J-7");
  }

  @Test
  void an_empty_listing_is_not_believed_when_projects_were_known() throws Exception {
    apply(job(7, "Site", "J-7").of(3, "Acme"));
    now.addAndGet(Duration.ofMinutes(1).toNanos());
    first.cutShort(2);

    apply(job(8, "Site", "J-8").of(3, "Acme"));
    apply(job(7, "Bridge", "J-7").of(3, "Acme"));

    assertThat(first.allProjects()).hasSize(2);
    assertThat(first.allClients()).hasSize(1);
  }

  @Test
  void an_empty_listing_at_the_start_is_not_believed() throws Exception {
    Client client = first.addClient("Acme", "3");
    first.addProject("Site - J-7", "7", true, client.id());
    first.cutShort(2);

    apply(job(7, "Site", "J-7").of(3, "Acme"));

    assertThat(first.calls()).isEmpty();
  }

  @Test
  void a_process_with_an_old_listing_makes_nothing_that_another_process_has_made()
      throws Exception {
    JobApplier other = newProcess();
    apply(job(1, "Site", "J-1").of(3, "Acme"));
    other.handle(record(job(7, "Site", "J-7").of(3, "Acme").event()));

    apply(job(7, "Site", "J-7b").of(3, "Acme"));

    assertThat(first.allProjects())
        .extracting(Project::name)
        .containsExactly("Site - J-1", "Site - J-7b");
  }

  @Test
  void a_process_with_an_old_listing_takes_back_what_another_process_changed() throws Exception {
    JobApplier other = newProcess();
    apply(job(7, "Site", "J-7").of(3, "Acme"));
    other.handle(record(job(7, "Bridge", "J-7").of(3, "Acme").event()));

    apply(job(7, "Site", "J-7").of(3, "Acme"));

    assertThat(onlyProject().name()).isEqualTo("Site - J-7");
  }

  @Test
  void a_worker_frozen_before_its_answer_changes_nothing_after_its_intent_was_taken_over()
      throws Exception {
    JobApplier other = newProcess();
    apply(job(7, "Site", "J-7").of(3, "Acme"));
    StreamRecord old = record(job(7, "Old", "J-7").of(3, "Acme").event());
    StreamRecord newer = record(job(7, "New", "J-7").of(3, "Acme").event());
    first.beforeNextAnswer(() -> takeOver(other, newer));

    assertThat(applier.handle(old)).isInstanceOf(Outcome.Skipped.class);
    assertThat(onlyProject().name()).isEqualTo("New - J-7");
    assertThat(first.calls()).endsWith("update project Old - J-7", "update project New - J-7");
    assertThat(states.rows().get("job-7"))
        .satisfies(row -> assertThat(row.intent()).isEmpty())
        .satisfies(row -> assertThat(row.seen().sequence()).isEqualTo(newer.sequence()));
  }

  @Test
  void a_worker_frozen_before_its_call_sends_nothing_when_it_wakes_up() throws Exception {
    JobApplier other = newProcess();
    apply(job(7, "Site", "J-7").of(3, "Acme"));
    StreamRecord old = record(job(7, "Old", "J-7").of(3, "Acme").event());
    StreamRecord newer = record(job(7, "New", "J-7").of(3, "Acme").event());
    states.afterNextBegin(() -> takeOver(other, newer));

    assertThat(applier.handle(old)).isEqualTo(new Outcome.Retry("too late to send"));
    assertThat(applier.handle(old)).isInstanceOf(Outcome.Skipped.class);
    assertThat(first.calls()).doesNotContain("update project Old - J-7");
    assertThat(onlyProject().name()).isEqualTo("New - J-7");
  }

  /** The other worker waits the span of the open intent and then applies its record. */
  private void takeOver(JobApplier other, StreamRecord record) {
    try {
      Outcome.Retry waits = (Outcome.Retry) other.handle(record);
      assertThat(waits.after()).contains(Duration.ofSeconds(1));
      pass(SPAN.minusSeconds(1));
      assertThat(other.handle(record)).isInstanceOf(Outcome.Retry.class);
      pass(Duration.ofSeconds(1));
      assertThat(other.handle(record)).isInstanceOf(Outcome.Applied.class);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void a_job_waits_for_the_client_that_another_worker_is_making() throws Exception {
    JobApplier other = newProcess();
    StreamRecord ofJob = record(job(7, "Site", "J-7").of(3, "Acme").event());
    states.afterNextBegin(() -> {
      try {
        assertThat(other.handle(ofJob)).isInstanceOf(Outcome.Retry.class);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    });

    apply(client(3, "Acme"));
    assertThat(other.handle(ofJob)).isInstanceOf(Outcome.Applied.class);

    assertThat(first.calls()).containsExactly("create client Acme", "create project Site - J-7");
  }

  @Test
  void a_missing_client_is_made_under_the_name_of_its_own_newest_event() throws Exception {
    apply(client(3, "Acme"));
    apply(client(3, "Acme Ltd"));
    first.removeClient(onlyClient().id());

    newProcess().handle(record(job(7, "Site", "J-7").of(3, "Acme").event()));

    assertThat(onlyClient()).extracting(Client::name).isEqualTo("Acme Ltd");
  }

  @Test
  void two_workers_never_adopt_one_project_for_two_jobs() throws Exception {
    JobApplier other = newProcess();
    Client client = first.addClient("Acme", "3");
    first.addProject("Site - J", "", true, client.id());
    apply(job(1, "Warm", "up").of(3, "Acme"));
    other.handle(record(job(2, "Warm", "up").of(3, "Acme").event()));
    StreamRecord twin = record(job(8, "Site", "J").of(3, "Acme").event());
    states.afterNextBegin(() -> {
      try {
        assertThat(other.handle(twin)).isInstanceOf(Outcome.Applied.class);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    });

    apply(job(7, "Site", "J").of(3, "Acme"));

    assertThat(first.allProjects())
        .filteredOn(p -> p.name().equals("Site - J"))
        .extracting(Project::externalId)
        .containsExactly("7", "8");
  }

  @Test
  void an_applied_event_costs_three_operations_one_that_changes_nothing_two_and_a_repeat_one()
      throws Exception {
    first.addClient("Acme", "3");
    StreamRecord made = record(job(7, "Site", "J-7").of(3, "Acme").event());
    String unused = states.cost();
    applier.handle(made);
    assertThat(states.cost()).as("created, not %s", unused).isEqualTo("1+2");
    apply(job(7, "Bridge", "J-7").of(3, "Acme"));
    assertThat(states.cost()).as("updated").isEqualTo("1+2");
    apply(job(7, "Bridge", "J-7").of(3, "Acme"));
    assertThat(states.cost()).as("nothing to change").isEqualTo("1+1");
    applier.handle(made);
    assertThat(states.cost()).as("stale").isEqualTo("1+0");
  }

  @Test
  void what_was_found_after_an_unresolved_create_is_kept_when_the_next_call_was_not_done()
      throws Exception {
    JobApplier other = newProcess();
    JobApplier successor = newProcess();
    other.handle(record(job(1, "Warm", "up").of(3, "Acme").event()));
    StreamRecord made = record(job(7, "Site", "J-7").of(3, "Acme").event());
    StreamRecord renamed = record(job(7, "Bridge", "J-7").of(3, "Acme").event());
    first.next(Ending.ANSWER_LOST, Ending.BUSY);
    applier.handle(made);
    assertThat(successor.handle(renamed)).isInstanceOf(Outcome.Retry.class);
    pass(SPAN);
    assertThat(successor.handle(renamed))
        .isEqualTo(new Outcome.Retry("429", Duration.ofSeconds(7)));
    first.hideNewest(1);

    assertThat(other.handle(renamed)).isInstanceOf(Outcome.Applied.class);
    assertThat(first.allProjects())
        .extracting(Project::name)
        .containsExactly("Warm - up", "Bridge - J-7");
  }

  @Test
  void an_open_circuit_costs_nothing() throws Exception {
    first.circuitOpen(true);
    StreamRecord record = record(job(7, "Site", "J-7").of(3, "Acme").event());

    assertThat(applier.handle(record))
        .isEqualTo(
            new Outcome.Retry("the circuit is open", Optional.of(Duration.ofSeconds(9)), true));
    assertThat(states.cost()).isEqualTo("0+0");
    assertThat(first.listings()).isZero();

    first.circuitOpen(false);
    assertThat(applier.handle(record)).isInstanceOf(Outcome.Applied.class);
  }

  @Test
  void what_was_released_after_an_unresolved_update_is_not_taken_for_applied() throws Exception {
    apply(job(7, "Site", "J-7").of(3, "Acme"));
    StreamRecord renamed = record(job(7, "Bridge", "J-7").of(3, "Acme").event());
    first.next(Ending.ANSWER_LOST);
    applier.handle(renamed);
    JobApplier successor = newProcess();
    StreamRecord back = record(job(7, "Site", "J-7").of(3, "Acme").event());
    successor.handle(back);
    pass(SPAN);
    first.next(Ending.BUSY);
    assertThat(successor.handle(back)).isInstanceOf(Outcome.Retry.class);

    assertThat(applier.handle(back)).isInstanceOf(Outcome.Applied.class);
    assertThat(onlyProject().name()).isEqualTo("Site - J-7");
  }

  @Test
  void what_is_not_a_job_event_is_parked() throws Exception {
    StreamRecord good = record(job(7, "Site", "J-7").of(3, "Acme").event());
    byte[] body = good.envelope().body();
    List<StreamRecord> hostile =
        List.of(
            raw(Route.JOB_CHANGE, Envelope.Source.SECOND_SERVICE, "job-7", new byte[0]),
            raw(Route.JOB_CHANGE, Envelope.Source.SECOND_SERVICE, "job-7", bytes("\u0000\uffff[")),
            raw(Route.JOB_CHANGE, Envelope.Source.SECOND_SERVICE, "job-7", bytes("null")),
            raw(Route.JOB_CHANGE, Envelope.Source.SECOND_SERVICE, "job-7", bytes("[]")),
            raw(
                Route.JOB_CHANGE,
                Envelope.Source.SECOND_SERVICE,
                "job-7",
                bytes("{\"type\":\"job\",\"id\":\"x\"}")),
            raw(
                Route.JOB_CHANGE,
                Envelope.Source.SECOND_SERVICE,
                "job-7",
                Arrays.copyOf(body, body.length - 1)),
            raw(Route.JOB_CHANGE, Envelope.Source.SECOND_SERVICE, "job-8", body),
            raw(Route.JOB_CHANGE, Envelope.Source.FIRST_SERVICE, "job-7", body),
            raw(Route.TIMESHEET_UPDATE, Envelope.Source.SECOND_SERVICE, "job-7", body));

    for (StreamRecord record : hostile) {
      assertThat(applier.handle(record)).isEqualTo(new Outcome.Parked("malformed"));
    }
    assertThat(parked.events()).hasSize(hostile.size());
    assertThat(first.calls()).isEmpty();
  }

  @Test
  void is_retried_while_a_store_is_down() throws Exception {
    StreamRecord record = record(job(7, "Site", "J-7").of(3, "Acme").event());
    states.fail(true);
    assertThat(applier.handle(record)).isEqualTo(new Outcome.Retry("Job_Data is down"));
    states.fail(false);
    parked.fail(true);
    assertThat(
            applier.handle(raw(Route.JOB_CHANGE, Envelope.Source.TIMEBRIDGE, "job-7", bytes(""))))
        .isInstanceOf(Outcome.Retry.class);
    assertThat(applier.handle(record)).isInstanceOf(Outcome.Applied.class);
  }

  /** Lets time pass as retries ask; late calls land just before the last moment they may. */
  private void handleUntilDone(StreamRecord record) throws InterruptedException {
    long latest = now.get() + SETTINGS.landsWithin().toNanos() - 1;
    for (int attempt = 0; attempt < 100; attempt++) {
      switch (applier.handle(record)) {
        case Outcome.Retry retry -> {
          long target = now.get() + retry.after().orElse(Duration.ofMillis(50)).toNanos();
          if (first.hasLate() && target >= latest) {
            first.land();
          }
          now.set(target);
        }
        case Outcome.Applied applied -> {
          return;
        }
        case Outcome.Skipped skipped -> {
          return;
        }
        case Outcome.Parked p -> throw new AssertionError(p.reason());
      }
    }
    throw new AssertionError("never done: " + record);
  }

  private Outcome apply(Job job) throws InterruptedException {
    return applier.handle(record(job.event()));
  }

  private Outcome apply(JobEvent event) throws InterruptedException {
    return applier.handle(record(event));
  }

  private StreamRecord record(JobEvent event) {
    return raw(Route.JOB_CHANGE, Envelope.Source.SECOND_SERVICE, event.key(), event.encode());
  }

  private StreamRecord raw(Route route, Envelope.Source source, String key, byte[] body) {
    return new StreamRecord(
        "shard-0",
        BigInteger.valueOf(++lastSequence),
        new Envelope(
            "id-" + lastSequence, source, route, key, Instant.EPOCH, Map.of(), body, null));
  }

  private Client onlyClient() {
    assertThat(first.allClients()).hasSize(1);
    return first.allClients().getFirst();
  }

  private Project onlyProject() {
    assertThat(first.allProjects()).hasSize(1);
    return first.allProjects().getFirst();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static JobEvent client(long id, String name) {
    return new JobEvent.Client("renamed", 1, id, "C-" + id, name);
  }

  private static Job job(long id, String name, String code) {
    return new Job(id, name, code, 0, "", 1, true);
  }

  private record Job(
      long id, String name, String code, long client, String clientName, long epoch, boolean open) {
    Job of(long newClient, String newName) {
      return new Job(id, name, code, newClient, newName, epoch, open);
    }

    Job epoch(long newEpoch) {
      return new Job(id, name, code, client, clientName, newEpoch, open);
    }

    Job closed() {
      return new Job(id, name, code, client, clientName, epoch, false);
    }

    JobEvent event() {
      return new JobEvent.Job(
          "changed", epoch, id, code, name, client, "C-" + client, clientName, open);
    }
  }
}
