package io.timebridge.ingest.poller;

import static org.assertj.core.api.Assertions.assertThat;

import io.timebridge.services.second.SecondService;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class JobDiffTest {
  private static final JobDiff.Rules RULES = new JobDiff.Rules(Set.of("EXCLUDED"), 10, 2);
  private static final Known.Client ACME = new Known.Client(1, "ACME", "Acme");
  private static final Known.Client OUT = new Known.Client(9, "EXCLUDED", "Internal");

  private static Known.Job job(long id, String name, Known.Client client, boolean open) {
    return new Known.Job(id, "J" + id, name, client.id(), client.code(), client.name(), open);
  }

  private static Picture picture(List<? extends Known> published) {
    return new Picture(
        published.stream()
            .map(row -> new JobStore.Row(Optional.of(row), Optional.empty()))
            .toList());
  }

  private static SecondService.Job listed(Known.Job job) {
    return new SecondService.Job(
        job.id(), job.code(), job.name(), job.clientId(), job.clientCode(), job.clientName());
  }

  private static SecondService.Client listed(Known.Client client) {
    return new SecondService.Client(client.id(), client.code(), client.name());
  }

  private static List<String> events(JobDiff.Result result) {
    List<String> events = new ArrayList<>();
    result.clients().forEach(c -> events.add(c.after().key() + " " + c.what()));
    result.jobs().forEach(j -> events.add(j.after().key() + " " + j.what()));
    return events;
  }

  static Stream<Arguments> table() {
    Known.Client renamed = new Known.Client(1, "ACME", "Acme Ltd");
    Known.Client recoded = new Known.Client(1, "ACM", "Acme");
    Known.Client other = new Known.Client(2, "OTHER", "Other");
    Known.Job web = job(5, "Web", ACME, true);
    return Stream.of(
        Arguments.of(
            "nothing known",
            List.of(),
            List.of(ACME),
            List.of(web),
            "client-1 created,job-5 created"),
        Arguments.of("nothing new", List.of(ACME, web), List.of(ACME), List.of(web), ""),
        Arguments.of(
            "client renamed",
            List.of(ACME, web),
            List.of(renamed),
            List.of(web),
            "client-1 renamed"),
        Arguments.of(
            "client with a new code",
            List.of(ACME, web),
            List.of(recoded),
            List.of(web),
            "client-1 renamed"),
        Arguments.of("client not listed", List.of(ACME, web), List.of(), List.of(web), ""),
        Arguments.of(
            "job renamed",
            List.of(ACME, web),
            List.of(ACME),
            List.of(job(5, "Website", ACME, true)),
            "job-5 renamed"),
        Arguments.of(
            "job moved and renamed",
            List.of(ACME, other, web),
            List.of(ACME, other),
            List.of(job(5, "Website", other, true)),
            "job-5 moved"),
        Arguments.of(
            "job reopened and renamed",
            List.of(ACME, web.closed()),
            List.of(ACME),
            List.of(job(5, "Website", ACME, true)),
            "job-5 reopened"),
        Arguments.of(
            "closed job stays away",
            List.of(ACME, web.closed(), job(6, "App", ACME, true)),
            List.of(ACME),
            List.of(job(6, "App", ACME, true)),
            ""),
        Arguments.of(
            "job of a client that is not listed",
            List.of(),
            List.of(),
            List.of(web),
            "job-5 created"),
        Arguments.of(
            "excluded client and its job",
            List.of(ACME),
            List.of(ACME, OUT),
            List.of(job(7, "Own", OUT, true)),
            ""),
        Arguments.of(
            "job excluded by its client's newer code",
            List.of(),
            List.of(new Known.Client(1, "EXCLUDED", "Acme")),
            List.of(web),
            ""),
        Arguments.of(
            "known job of a client excluded since, not listed",
            List.of(ACME, web),
            List.of(new Known.Client(1, "EXCLUDED", "Acme")),
            List.of(job(6, "App", new Known.Client(2, "OTHER", "Other"), true)),
            "job-6 created"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("table")
  void compares(
      String name,
      List<Known> known,
      List<Known.Client> clients,
      List<Known.Job> jobs,
      String expected) {
    Listing listing =
        Listing.of(
            clients.stream().map(JobDiffTest::listed).toList(),
            jobs.stream().map(JobDiffTest::listed).toList());

    JobDiff.Result result = JobDiff.compare(picture(known), listing, RULES, Set.of(), Set.of());

    assertThat(String.join(",", events(result))).isEqualTo(expected);
    assertThat(result.suspects()).isEmpty();
    assertThat(result.warnings()).isEmpty();
  }

  @Test
  void gives_the_new_state_with_the_event() {
    Known.Client renamed = new Known.Client(1, "ACME", "Acme Ltd");
    SecondService.Job moved = new SecondService.Job(5, "J5", "Web", 1, "OLDCODE", "Old name");

    JobDiff.Result result =
        JobDiff.compare(
            picture(List.of()),
            Listing.of(List.of(listed(renamed)), List.of(moved)),
            RULES,
            Set.of(),
            Set.of());

    assertThat(result.jobs())
        .containsExactly(
            new JobDiff.Change<>(
                "created", new Known.Job(5, "J5", "Web", 1, "ACME", "Acme Ltd", true)));
  }

  // ---- closures

  private final List<Known> known = new ArrayList<>(List.of(ACME));
  private List<SecondService.Job> jobs = new ArrayList<>();

  private void open(int count) {
    for (long id = 1; id <= count; id++) {
      known.add(job(id, "Job " + id, ACME, true));
      jobs.add(listed(job(id, "Job " + id, ACME, true)));
    }
  }

  private JobDiff.Result look(Set<Long> suspects) {
    return JobDiff.compare(
        picture(known), Listing.of(List.of(listed(ACME)), jobs), RULES, suspects, Set.of());
  }

  private void forget(long from, long to) {
    jobs = new ArrayList<>(jobs.stream().filter(j -> j.id() < from || j.id() > to).toList());
  }

  @Test
  void closes_a_missing_job_only_at_the_second_look() {
    open(10);
    forget(3, 3);

    JobDiff.Result first = look(Set.of());
    JobDiff.Result second = look(first.suspects());

    assertThat(events(first)).isEmpty();
    assertThat(first.suspects()).containsExactly(3L);
    assertThat(events(second)).containsExactly("job-3 closed");
    assertThat(second.jobs().getFirst().after()).isEqualTo(job(3, "Job 3", ACME, false));
    assertThat(second.suspects()).isEmpty();
  }

  @Test
  void forgives_a_suspect_that_is_listed_again() {
    open(10);

    JobDiff.Result result = look(Set.of(3L));

    assertThat(events(result)).isEmpty();
    assertThat(result.suspects()).isEmpty();
  }

  @Test
  void never_closes_anything_by_an_empty_listing() {
    open(1);
    jobs.clear();

    JobDiff.Result result = look(Set.of(1L));

    assertThat(events(result)).isEmpty();
    assertThat(result.suspects()).isEmpty();
    assertThat(result.warnings()).singleElement().asString().contains("no job is listed");
  }

  @Test
  void closes_nothing_when_more_is_missing_than_the_limits_allow() {
    open(40);
    forget(1, 4);
    assertThat(look(Set.of()).suspects()).containsExactly(1L, 2L, 3L, 4L);
    forget(1, 5);

    JobDiff.Result result = look(Set.of(1L, 2L, 3L, 4L));

    assertThat(events(result)).isEmpty();
    assertThat(result.suspects()).isEmpty();
    assertThat(result.warnings()).singleElement().asString().contains("5 of 40 open jobs");
  }

  @Test
  void believes_a_few_closures_whatever_share_they_are() {
    open(3);
    forget(1, 2);

    assertThat(events(look(look(Set.of()).suspects())))
        .containsExactly("job-1 closed", "job-2 closed");
  }

  @Test
  void closes_nothing_by_a_listing_with_odd_rows_and_keeps_suspecting() {
    open(20);
    forget(3, 3);
    jobs.add(new SecondService.Job(0, "", "", -1, "", ""));

    JobDiff.Result odd = look(Set.of(3L));

    assertThat(events(odd)).isEmpty();
    assertThat(odd.suspects()).containsExactly(3L);
    assertThat(odd.warnings()).hasSize(2);
  }

  @Test
  void does_not_suspect_a_job_whose_row_cannot_be_used() {
    open(20);
    forget(3, 3);
    jobs.add(new SecondService.Job(3, "J3", " ", 1, "ACME", "Acme"));

    JobDiff.Result result = look(Set.of(3L));

    assertThat(events(result)).isEmpty();
    assertThat(result.suspects()).isEmpty();
  }

  @Test
  void leaves_out_what_is_listed_twice_and_differently_but_takes_a_plain_repetition() {
    open(2);
    jobs.add(jobs.getFirst());
    assertThat(look(Set.of()).warnings()).isEmpty();

    jobs.add(new SecondService.Job(2, "J2", "Another name", 1, "ACME", "Acme"));
    JobDiff.Result result = look(Set.of());

    assertThat(events(result)).isEmpty();
    assertThat(result.warnings()).containsExactly("job 2 is listed twice, differently");
  }

  @Test
  void does_not_believe_names_of_any_length() {
    jobs.add(new SecondService.Job(7, "J7", "x".repeat(5000), 1, "ACME", "Acme"));

    JobDiff.Result result = look(Set.of());

    assertThat(events(result)).isEmpty();
    assertThat(result.warnings()).hasSize(1);
  }

  @Test
  void moving_to_an_excluded_client_is_no_closure() {
    open(5);
    forget(3, 3);
    jobs.add(listed(job(3, "Job 3", OUT, true)));

    JobDiff.Result result = look(Set.of(3L));

    assertThat(events(result)).isEmpty();
    assertThat(result.suspects()).isEmpty();
  }

  @Test
  void gives_equal_output_for_equal_input_in_any_order() {
    List<SecondService.Job> many =
        LongStream.rangeClosed(1, 50).mapToObj(i -> listed(job(i, "n", ACME, true))).toList();
    jobs = new ArrayList<>(many);
    List<String> forwards = events(look(Set.of()));
    jobs = new ArrayList<>(many.reversed());

    assertThat(events(look(Set.of()))).isEqualTo(forwards).hasSize(50);
  }
}
