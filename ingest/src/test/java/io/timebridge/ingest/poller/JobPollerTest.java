package io.timebridge.ingest.poller;

import static org.assertj.core.api.Assertions.assertThat;

import io.timebridge.ingest.EventIds;
import io.timebridge.services.ServiceTrouble;
import io.timebridge.services.second.SecondService;
import io.timebridge.stream.Envelope;
import io.timebridge.stream.JobEvent;
import io.timebridge.stream.Route;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class JobPollerTest {
  private static final Instant NOW = Instant.parse("2026-07-03T10:00:00Z");
  private final AtomicLong now = new AtomicLong();
  private final InMemoryLeases leases = new InMemoryLeases();
  private final InMemoryJobs store = new InMemoryJobs();
  private final FakeSecondService service = new FakeSecondService();
  private final RecordingPublisher publisher = new RecordingPublisher();
  private final InMemoryDoubts doubts = new InMemoryDoubts();
  private final RecordingAlerts alerts = new RecordingAlerts();
  private final AtomicReference<Instant> wall = new AtomicReference<>(NOW);
  private final PollerLease lease = lease("a");
  private final JobPoller poller = poller(lease);

  private PollerLease lease(String owner) {
    return new PollerLease(leases, owner, Duration.ofSeconds(10), now::get, () -> NOW);
  }

  private JobPoller poller(PollerLease held) {
    return new JobPoller(
        service,
        store,
        new ChangePublisher(
            store, publisher, held, () -> NOW, new EventIds(() -> NOW, new Random(1))),
        held,
        new JobDiff.Rules(Set.of(), 10, 5),
        new Doubts(doubts, alerts, wall::get, now::get));
  }

  @BeforeEach
  void becomesActive() {
    lease.beat();
    service.client(1, "Acme");
    service.job(10, "Web", 1);
    service.job(11, "App", 1);
  }

  private List<String> tick(JobPoller ticking) throws InterruptedException {
    TickReport report = ticking.tick();
    assertThat(report).isInstanceOf(TickReport.Looked.class);
    return publisher.taken();
  }

  @Test
  void publishes_a_client_before_its_jobs_with_the_whole_state_and_the_epoch()
      throws InterruptedException {
    poller.tick();

    Envelope first = publisher.envelopes.getFirst();
    assertThat(first.source()).isEqualTo(Envelope.Source.SECOND_SERVICE);
    assertThat(first.route()).isEqualTo(Route.JOB_CHANGE);
    assertThat(first.key()).isEqualTo("client-1");
    assertThat(first.headers()).isEqualTo(Map.of());
    assertThat(publisher.events())
        .containsExactly(
            new JobEvent.Client("created", 1, 1, "C1", "Acme"),
            new JobEvent.Job("created", 1, 10, "J10", "Web", 1, "C1", "Acme", true),
            new JobEvent.Job("created", 1, 11, "J11", "App", 1, "C1", "Acme", true));
  }

  @Test
  void says_what_it_saw() throws InterruptedException {
    assertThat(poller.tick()).isEqualTo(new TickReport.Looked(1, 1, 2, 3, 0, 0));
  }

  @Test
  void reads_the_table_once_and_writes_nothing_in_a_quiet_tick() throws InterruptedException {
    tick(poller);
    int writes = store.writes;

    assertThat(tick(poller)).isEmpty();
    assertThat(tick(poller)).isEmpty();
    assertThat(store.writes).isEqualTo(writes).isEqualTo(3);
    assertThat(store.announcements).isEqualTo(3);
    assertThat(store.loads).isEqualTo(1);
  }

  @Test
  void follows_a_job_through_its_life() throws InterruptedException {
    service.client(2, "Other");
    tick(poller);
    service.job(10, "Website", 1);
    assertThat(tick(poller)).containsExactly("job-10 renamed");
    service.job(10, "Website", 2);
    assertThat(tick(poller)).containsExactly("job-10 moved");
    service.closeJob(10);
    assertThat(tick(poller)).isEmpty();
    assertThat(tick(poller)).containsExactly("job-10 closed");
    assertThat(tick(poller)).isEmpty();
    service.job(10, "Website", 2);
    assertThat(tick(poller)).containsExactly("job-10 reopened");
    service.forgetClient(2);
    assertThat(tick(poller)).isEmpty();
  }

  @Test
  void repeats_what_was_published_but_not_stored_when_it_crashed() throws InterruptedException {
    store.failing.addAll(Set.of("client-1", "job-10", "job-11"));
    poller.tick();
    publisher.taken();
    store.failing.clear();
    JobPoller restarted = poller(lease);

    // the client's row was not stored, so its jobs had not gone out: nothing is lost
    assertThat(tick(restarted))
        .containsExactly("client-1 created", "job-10 created", "job-11 created");
    assertThat(tick(restarted)).isEmpty();
  }

  @Test
  void repeats_in_the_next_tick_only_what_was_not_stored() throws InterruptedException {
    store.failing.add("job-10");
    assertThat(poller.tick()).isEqualTo(new TickReport.Looked(1, 1, 2, 2, 1, 0));
    publisher.taken();
    store.failing.clear();

    assertThat(tick(poller)).containsExactly("job-10 created");
  }

  @Test
  void stores_nothing_that_was_not_acknowledged() throws InterruptedException {
    publisher.failing.add("job-10");
    tick(poller);

    assertThat(store.rows()).extracting(Known::key).containsExactlyInAnyOrder("client-1", "job-11");
    publisher.failing.clear();
    assertThat(tick(poller)).containsExactly("job-10 created");
  }

  @Test
  void publishes_nothing_that_could_not_be_announced() throws InterruptedException {
    store.unannounced.add("job-10");
    assertThat(poller.tick()).isEqualTo(new TickReport.Looked(1, 1, 2, 2, 1, 0));
    assertThat(publisher.taken()).containsExactly("client-1 created", "job-11 created");
    store.unannounced.clear();

    assertThat(tick(poller)).containsExactly("job-10 created");
    assertThat(store.announced()).isEmpty();
  }

  /** Published and not stored: the row still says what was before. */
  private JobPoller diedBeforeItStored(String key) throws InterruptedException {
    store.failing.add(key);
    poller.tick();
    poller.tick();
    publisher.taken();
    store.failing.clear();
    return poller(lease);
  }

  @Test
  void publishes_a_reopened_job_whose_closure_was_published_and_not_stored()
      throws InterruptedException {
    tick(poller);
    service.closeJob(10);
    JobPoller restarted = diedBeforeItStored("job-10");
    service.job(10, "Web", 1);

    assertThat(tick(restarted)).containsExactly("job-10 repeated");
    assertThat(publisher.events()).isEmpty();
    assertThat(tick(restarted)).isEmpty();
  }

  @Test
  void closes_a_job_that_was_published_and_not_stored_when_it_is_not_listed_any_more()
      throws InterruptedException {
    tick(poller);
    service.job(12, "Short", 1);
    JobPoller restarted = diedBeforeItStored("job-12");
    service.closeJob(12);

    assertThat(tick(restarted)).as("missed once").isEmpty();
    assertThat(tick(restarted)).containsExactly("job-12 closed");
    assertThat(tick(restarted)).isEmpty();
  }

  @Test
  void publishes_names_that_were_changed_back_before_they_were_stored()
      throws InterruptedException {
    tick(poller);
    service.client(1, "Acme Ltd");
    service.job(10, "Website", 1);
    store.failing.addAll(Set.of("client-1", "job-10"));
    poller.tick();
    service.client(1, "Acme");
    service.job(10, "Web", 1);
    publisher.taken();
    store.failing.clear();

    assertThat(tick(poller)).containsExactly("client-1 repeated");
    service.job(10, "Website", 1);
    assertThat(tick(poller)).containsExactly("job-10 renamed");
    assertThat(tick(poller)).isEmpty();
  }

  @Test
  void goes_on_repeating_what_was_announced_until_it_is_stored_whatever_was_announced_last()
      throws InterruptedException {
    tick(poller);
    service.job(10, "Website", 1);
    JobPoller restarted = diedBeforeItStored("job-10"); // Website is on the stream
    service.job(10, "Web", 1);
    publisher.failing.add("job-10");
    assertThat(tick(restarted)).isEmpty();
    publisher.failing.clear();

    assertThat(tick(poller(lease))).containsExactly("job-10 repeated");
  }

  @Test
  void holds_jobs_back_whose_client_could_not_be_published() throws InterruptedException {
    service.client(2, "Other");
    service.job(20, "Book", 2);
    publisher.failing.add("client-1");

    assertThat(tick(poller)).containsExactly("client-2 created", "job-20 created");
    publisher.failing.clear();
    assertThat(tick(poller))
        .containsExactly("client-1 created", "job-10 created", "job-11 created");
  }

  @Test
  void closes_a_confirmed_job_in_the_next_tick_when_the_publish_failed()
      throws InterruptedException {
    tick(poller);
    service.closeJob(10);
    tick(poller);
    publisher.failing.add("job-10");
    assertThat(tick(poller)).isEmpty();
    publisher.failing.clear();

    assertThat(tick(poller)).containsExactly("job-10 closed");
  }

  @Test
  void keeps_the_picture_through_hostile_listings() throws InterruptedException {
    for (long id = 100; id < 200; id++) {
      service.job(id, "n" + id, 1);
    }
    tick(poller);
    FakeSecondService.Answers<SecondService.Job> whole = service.jobAnswer;
    List<FakeSecondService.Answers<SecondService.Job>> hostile =
        List.of(
            List::of,
            () -> whole.get().subList(0, 50),
            () -> {
              throw new ServiceTrouble(ServiceTrouble.Kind.UNKNOWN, "truncated");
            },
            () -> {
              throw new ServiceTrouble(ServiceTrouble.Kind.CIRCUIT_OPEN, "circuit open");
            },
            () ->
                Collections.nCopies(
                    JobPoller.MAX_ROWS + 1, new SecondService.Job(1, "a", "b", 1, "c", "d")));
    for (FakeSecondService.Answers<SecondService.Job> answer : hostile) {
      service.jobAnswer = answer;
      poller.tick();
      poller.tick();
      assertThat(publisher.taken()).isEmpty();
    }
    service.jobAnswer = whole;

    assertThat(tick(poller)).isEmpty();
  }

  @Test
  void needs_both_looks_from_listings_that_can_be_believed() throws InterruptedException {
    tick(poller);
    service.closeJob(10);
    tick(poller);
    FakeSecondService.Answers<SecondService.Job> whole = service.jobAnswer;
    service.jobAnswer = List::of;
    assertThat(tick(poller)).isEmpty();
    service.jobAnswer = whole;

    assertThat(tick(poller)).isEmpty();
    assertThat(tick(poller)).containsExactly("job-10 closed");
  }

  @Test
  void tells_trouble_and_changes_nothing() throws InterruptedException {
    service.clientAnswer =
        () -> {
          throw new ServiceTrouble(ServiceTrouble.Kind.CREDENTIALS, "login refused");
        };

    assertThat(poller.tick()).isEqualTo(new TickReport.Trouble("CREDENTIALS: login refused"));
    assertThat(publisher.taken()).isEmpty();
  }

  // ---- more missing than may be

  /** A hundred jobs, of which the first thirty are no longer listed. */
  private void thirtyOfAHundredAreMissing() throws InterruptedException {
    LongStream.range(100, 200).forEach(id -> service.job(id, "n" + id, 1));
    tick(poller);
    LongStream.range(100, 130).forEach(service::closeJob);
    assertThat(tick(poller)).isEmpty();
    assertThat(tick(poller)).isEmpty();
  }

  private Doubt doubt() {
    return doubts.row.doubt().orElseThrow();
  }

  private static List<String> closed(long from, long to) {
    return LongStream.range(from, to).mapToObj(id -> "job-" + id + " closed").toList();
  }

  @Test
  void tells_people_once_when_too_many_are_missing_and_once_when_they_are_back()
      throws InterruptedException {
    thirtyOfAHundredAreMissing();
    now.addAndGet(Duration.ofMinutes(2).toNanos());
    lease.beat();
    tick(poller);
    assertThat(alerts.sent)
        .containsExactly("open: SecondService lists far fewer jobs: none is closed");
    assertThat(doubt().jobs()).hasSize(30).contains(100L, 129L);
    int writes = doubts.writes;
    assertThat(tick(poller)).isEmpty();
    assertThat(doubts.writes).as("the same jobs are missing").isEqualTo(writes);

    LongStream.range(100, 130).forEach(id -> service.job(id, "n" + id, 1));
    assertThat(tick(poller)).isEmpty();
    assertThat(doubts.row.doubt()).isEmpty();
    assertThat(alerts.sent)
        .hasSize(2)
        .endsWith("over: SecondService's list of jobs can be believed again");
    int reads = doubts.reads;
    tick(poller);
    assertThat(doubts.reads).as("a quiet look asks nobody").isEqualTo(reads);
    assertThat(alerts.sent).hasSize(2);
  }

  @Test
  void tells_at_a_later_look_what_could_not_be_told() throws InterruptedException {
    alerts.broken = true;
    thirtyOfAHundredAreMissing();
    alerts.broken = false;
    tick(poller);
    assertThat(alerts.sent).hasSize(1);
    LongStream.range(100, 130).forEach(id -> service.job(id, "n" + id, 1));
    alerts.broken = true;
    tick(poller);
    assertThat(doubts.row.doubt()).as("its end is owed").isPresent();
    alerts.broken = false;
    tick(poller);
    assertThat(doubts.row.doubt()).isEmpty();
    assertThat(alerts.sent).hasSize(2);
  }

  @Test
  void a_successor_ends_the_doubt_of_the_poller_before_it() throws InterruptedException {
    thirtyOfAHundredAreMissing();
    lease.release();
    PollerLease other = lease("b");
    other.beat();
    LongStream.range(100, 130).forEach(id -> service.job(id, "n" + id, 1));
    assertThat(tick(poller(other))).isEmpty();
    assertThat(doubts.row.doubt()).isEmpty();
    assertThat(alerts.sent).hasSize(2);
  }

  @Test
  void closes_what_a_person_has_confirmed_once() throws InterruptedException {
    thirtyOfAHundredAreMissing();
    assertThat(doubts.confirm(doubt(), NOW, "ann")).isTrue();
    assertThat(tick(poller)).containsExactlyElementsOf(closed(100, 130));
    assertThat(doubts.row.doubt()).isEmpty();
    assertThat(doubts.row.confirmation()).as("used").isEmpty();
    assertThat(alerts.sent).last().asString().startsWith("over: ");
    assertThat(tick(poller)).isEmpty();

    LongStream.range(100, 130).forEach(id -> service.job(id, "n" + id, 1));
    tick(poller);
    LongStream.range(100, 130).forEach(service::closeJob);
    tick(poller);
    assertThat(tick(poller)).as("the same jobs again, and nobody has said so again").isEmpty();
    assertThat(alerts.sent).hasSize(3);
  }

  @Test
  void closes_what_was_confirmed_and_two_looks_later_the_few_that_followed()
      throws InterruptedException {
    thirtyOfAHundredAreMissing();
    doubts.confirm(doubt(), NOW, "ann");
    LongStream.range(130, 140).forEach(service::closeJob); // ten of 102: as many as may be
    assertThat(tick(poller)).containsExactlyElementsOf(closed(100, 130));
    service.job(139, "n139", 1); // nine of 72 are too many, seven are not
    service.job(138, "n138", 1);
    service.job(137, "n137", 1);
    assertThat(tick(poller)).containsExactlyElementsOf(closed(130, 137));
  }

  @Test
  void a_confirmation_does_not_hold_for_more_than_it_named() throws InterruptedException {
    thirtyOfAHundredAreMissing();
    doubts.confirm(doubt(), NOW, "ann");
    LongStream.range(130, 141).forEach(service::closeJob);
    assertThat(tick(poller)).isEmpty();
    assertThat(doubt().missing()).isEqualTo(41);
  }

  @Test
  void a_confirmation_falls_when_one_of_its_jobs_is_listed_again() throws InterruptedException {
    thirtyOfAHundredAreMissing();
    doubts.confirm(doubt(), NOW, "ann");
    service.job(100, "n100", 1);
    assertThat(tick(poller)).isEmpty();
    assertThat(doubts.row.confirmation()).isEmpty();
    service.closeJob(100);
    assertThat(tick(poller)).isEmpty();
  }

  @Test
  void a_confirmation_falls_when_an_odd_list_names_one_of_its_jobs() throws InterruptedException {
    thirtyOfAHundredAreMissing();
    doubts.confirm(doubt(), NOW, "ann");
    FakeSecondService.Answers<SecondService.Job> listing = service.jobAnswer;
    service.job(100, "n100", 1);
    service.jobAnswer = () -> withAnOddRow(listing.get());
    assertThat(tick(poller)).isEmpty();
    service.jobAnswer = listing;
    service.closeJob(100);
    assertThat(tick(poller)).isEmpty();
    assertThat(doubts.row.confirmation()).isEmpty();
  }

  @Test
  void a_confirmation_falls_when_its_jobs_are_listed_again_and_nobody_can_be_told()
      throws InterruptedException {
    thirtyOfAHundredAreMissing();
    doubts.confirm(doubt(), NOW, "ann");
    LongStream.range(100, 130).forEach(id -> service.job(id, "n" + id, 1));
    alerts.broken = true;
    assertThat(tick(poller)).isEmpty();
    LongStream.range(100, 130).forEach(service::closeJob);
    assertThat(tick(poller)).isEmpty();
    alerts.broken = false;
    assertThat(tick(poller)).isEmpty();
    assertThat(doubts.row.confirmation()).isEmpty();
  }

  @Test
  void a_confirmation_is_used_once_also_when_nobody_can_be_told() throws InterruptedException {
    thirtyOfAHundredAreMissing();
    doubts.confirm(doubt(), NOW, "ann");
    alerts.broken = true;
    assertThat(tick(poller)).hasSize(30);
    assertThat(doubts.row.confirmation()).isEmpty();
  }

  private static List<SecondService.Job> withAnOddRow(List<SecondService.Job> jobs) {
    List<SecondService.Job> odd = new ArrayList<>(jobs);
    odd.add(new SecondService.Job(0, "", "", 0, "", ""));
    return odd;
  }

  @Test
  void a_confirmation_holds_for_an_hour() throws InterruptedException {
    thirtyOfAHundredAreMissing();
    doubts.confirm(doubt(), NOW, "ann");
    wall.set(NOW.plus(Doubts.CONFIRMED_FOR).plusMillis(1));
    assertThat(tick(poller)).isEmpty();
    assertThat(doubts.row.confirmation()).isEmpty();

    doubts.confirm(doubt(), wall.get().plus(Doubts.CONFIRMED_FOR).plusMillis(1), "clock ahead");
    assertThat(tick(poller)).isEmpty();
    assertThat(doubts.row.confirmation()).isEmpty();
    doubts.confirm(doubt(), wall.get().minus(Doubts.CONFIRMED_FOR), "ann");
    assertThat(tick(poller)).hasSize(30);
  }

  @Test
  void an_empty_listing_is_told_but_never_confirmed() throws InterruptedException {
    thirtyOfAHundredAreMissing();
    doubts.confirm(doubt(), NOW, "ann");
    FakeSecondService.Answers<SecondService.Job> listing = service.jobAnswer;
    service.jobAnswer = List::of;
    assertThat(tick(poller)).isEmpty();
    assertThat(doubt().obstacle()).isNotEmpty();
    service.jobAnswer = listing;
    assertThat(tick(poller)).containsExactlyElementsOf(closed(100, 130));
  }

  @Test
  void goes_on_with_a_confirmation_when_some_closures_could_not_be_published()
      throws InterruptedException {
    thirtyOfAHundredAreMissing();
    doubts.confirm(doubt(), NOW, "ann");
    LongStream.range(100, 120).forEach(id -> publisher.failing.add("job-" + id));
    assertThat(tick(poller)).containsExactlyElementsOf(closed(120, 130));
    publisher.failing.clear();
    JobPoller restarted = poller(lease);
    assertThat(tick(restarted)).containsExactlyElementsOf(closed(100, 120));
    assertThat(doubts.row.confirmation()).isEmpty();
  }

  // ---- two pollers

  @Test
  void asks_nobody_while_it_is_standby() throws InterruptedException {
    PollerLease other = lease("b");
    other.beat();

    assertThat(poller(other).tick()).isEqualTo(new TickReport.Standby());
    assertThat(service.looks).isZero();
    assertThat(store.loads).isZero();
  }

  @Test
  void goes_on_where_the_other_ended_with_a_newer_epoch() throws InterruptedException {
    tick(poller);
    lease.release();
    PollerLease other = lease("b");
    other.beat();
    JobPoller successor = poller(other);
    service.job(10, "Website", 1);

    successor.tick();

    assertThat(publisher.events())
        .containsExactly(
            new JobEvent.Job("renamed", 2, 10, "J10", "Website", 1, "C1", "Acme", true));
  }

  @Test
  void publishes_no_further_once_its_lease_is_about_to_end() throws InterruptedException {
    publisher.before = () -> now.set(Duration.ofMillis(8_500).toNanos());

    assertThat(poller.tick()).isEqualTo(new TickReport.Looked(1, 1, 2, 1, 2, 0));
    assertThat(publisher.taken()).containsExactly("client-1 created");
    assertThat(poller.tick()).isEqualTo(new TickReport.Standby());
  }

  @Test
  void a_frozen_poller_that_wakes_up_after_a_take_over_overwrites_nothing()
      throws InterruptedException {
    tick(poller);
    PollerLease other = lease("b");
    JobPoller successor = poller(other);
    service.job(10, "Old view", 1);
    publisher.before =
        () -> { // frozen between compare and publish, while the other takes over and goes on
          publisher.before = () -> {};
          other.beat();
          now.addAndGet(Duration.ofSeconds(10).toNanos());
          other.beat();
          service.job(10, "New view", 1);
          assertThat(run(successor)).isEqualTo(new TickReport.Looked(2, 1, 2, 1, 0, 0));
        };

    poller.tick();

    assertThat(store.rows())
        .filteredOn(r -> r.key().equals("job-10"))
        .containsExactly(new Known.Job(10, "J10", "New view", 1, "C1", "Acme", true));
    assertThat(publisher.events()).extracting(JobEvent::epoch).containsExactly(2L, 1L);
    assertThat(poller.tick()).isEqualTo(new TickReport.Standby());
  }

  private static TickReport run(JobPoller ticking) {
    try {
      return ticking.tick();
    } catch (InterruptedException unexpected) {
      throw new AssertionError(unexpected);
    }
  }
}
