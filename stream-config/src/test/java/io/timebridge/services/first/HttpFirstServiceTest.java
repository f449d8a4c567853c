package io.timebridge.services.first;

import static io.timebridge.services.Fixtures.gate;
import static io.timebridge.services.Fixtures.trouble;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.tuple;

import io.timebridge.services.Fixtures;
import io.timebridge.services.ServiceTrouble;
import io.timebridge.services.ServiceTrouble.Kind;
import io.timebridge.services.StubServer;
import io.timebridge.services.StubServer.Reply;
import io.timebridge.services.first.FirstService.Client;
import io.timebridge.services.first.FirstService.Label;
import io.timebridge.services.first.FirstService.Lookup;
import io.timebridge.services.first.FirstService.Project;
import io.timebridge.services.first.FirstService.Refused;
import io.timebridge.services.first.FirstService.User;
import io.timebridge.services.first.WebhookRegistry.Webhook;
import io.timebridge.services.gate.CallWatch;
import io.timebridge.services.gate.ServiceGate;
import io.timebridge.settings.Secret;
import io.timebridge.settings.Settings;
import io.timebridge.stream.EntryId;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class HttpFirstServiceTest {
  private static final EntryId ID = new EntryId(12345);
  private static final String NOT_FOUND = "{\"errors\":{\"message\":\"Record not found\"}}";

  private final StubServer server = new StubServer(r -> StubServer.json("{}"));
  private final Settings.FirstService settings = Fixtures.first(server.uri(), gate());
  private final AtomicInteger refreshes = new AtomicInteger();
  private final List<CallWatch.End> ends = new ArrayList<>();

  /** Tokens t0, t1, ...: another one at each refresh. */
  private final TokenSource tokens =
      new TokenSource() {
        @Override
        public Secret access() {
          return new Secret("t" + refreshes.get());
        }

        @Override
        public Secret refreshAfter(Secret rejected) {
          return new Secret("t" + refreshes.incrementAndGet());
        }
      };

  private final HttpFirstService service = service(tokens);

  private HttpFirstService service(TokenSource source) {
    ServiceGate gate = new ServiceGate("FirstService", settings.gate());
    gate.watch(what -> (end, nanos) -> ends.add(end));
    return new HttpFirstService(settings, gate, source);
  }

  @AfterEach
  void stop() {
    service.close();
    server.close();
  }

  private void always(Reply reply) {
    server.script(r -> reply);
  }

  /** The account is known to work, so that a 404 is believed. */
  private void prove() throws Exception {
    server.script(r -> StubServer.json("[]"));
    service.users();
  }

  @Test
  void finds_an_event_with_everything_in_it() throws Exception {
    always(
        StubServer.json("{\"id\":12345,\"note\":\"a\\n🚀\",\"deleted\":false,\"x\":{\"y\":[1]}}"));
    assertThat(service.event(ID))
        .isInstanceOfSatisfying(
            Lookup.Found.class,
            found -> assertThat(found.event().path("note").asString()).isEqualTo("a\n🚀"));
    StubServer.Request request = server.requests().getLast();
    assertThat(request.path()).isEqualTo("/1.1/77/events/12345");
    assertThat(request.header("Authorization")).isEqualTo("Bearer t0");
  }

  @Test
  void is_gone_when_the_service_says_deleted() throws Exception {
    always(StubServer.json("{\"id\":\"12345\",\"deleted\":true}"));
    assertThat(service.event(ID)).isEqualTo(new Lookup.Gone());
  }

  @Test
  void is_gone_for_404_in_json_with_a_proven_token() throws Exception {
    prove();
    always(StubServer.json(404, NOT_FOUND));
    assertThat(service.event(ID)).isEqualTo(new Lookup.Gone());
    assertThat(server.requests()).hasSize(2);
  }

  @Test
  void proves_the_token_before_it_believes_the_first_404() throws Exception {
    server.script(
        r -> r.path().endsWith("/users") ? StubServer.json("[]") : StubServer.json(404, NOT_FOUND));
    assertThat(service.event(ID)).isEqualTo(new Lookup.Gone());
    assertThat(server.count("/users")).isEqualTo(1);
    assertThat(service.event(ID)).isEqualTo(new Lookup.Gone());
    assertThat(server.count("/users")).isEqualTo(1);
  }

  @Test
  void is_trouble_when_the_whole_account_is_not_found() {
    always(StubServer.json(404, NOT_FOUND));
    assertThat(trouble(() -> service.event(ID)).kind()).isEqualTo(Kind.UNKNOWN);
    assertThat(trouble(() -> service.user(1)).kind()).isEqualTo(Kind.UNKNOWN);
  }

  static Stream<Reply> doubtful() {
    return Stream.of(
        StubServer.html(404, "<h1>Not found</h1>"),
        StubServer.json(404, ""),
        StubServer.json(404, "{}"),
        StubServer.json(404, "[]"),
        StubServer.json(403, "{\"errors\":{\"message\":\"no\"}}"),
        StubServer.json(500, NOT_FOUND),
        StubServer.html(200, "<h1>hello</h1>"),
        StubServer.json("{\"id\":999}"),
        StubServer.json("{}"),
        StubServer.json("[]"),
        StubServer.json("null"),
        StubServer.json("{\"id\":12345"),
        StubServer.withHeader(302, "Location", "/", ""),
        new Reply.Drop(),
        new Reply.Truncated("{\"id\":12345}"));
  }

  @ParameterizedTest
  @MethodSource("doubtful")
  void is_trouble_when_an_answer_about_an_event_is_doubtful(Reply reply) throws Exception {
    prove();
    always(reply);
    ServiceTrouble trouble = trouble(() -> service.event(ID));
    assertThat(trouble.kind()).isEqualTo(Kind.UNKNOWN);
    assertThat(trouble).hasMessageStartingWith("FirstService event 12345: ");
  }

  @Test
  void reads_every_page_of_a_numbered_listing() throws Exception {
    server.script(r -> {
      int page = Integer.parseInt(r.query().get("page"));
      int size = Integer.parseInt(r.query().get("per_page"));
      int all = 2 * size + 7;
      return StubServer.json(items((page - 1) * size, Math.min(all, page * size)));
    });
    assertThat(service.projects()).hasSize(207).doesNotHaveDuplicates();
    assertThat(server.requests()).hasSize(3);
    assertThat(service.users()).hasSize(207);
  }

  private static String items(int from, int to) {
    return IntStream.range(from, to)
        .mapToObj(i -> "{\"id\":%d,\"name\":\"n%d\"}".formatted(i + 1, i + 1))
        .collect(Collectors.joining(",", "[", "]"));
  }

  @Test
  void reads_every_page_of_a_listing_by_offset() throws Exception {
    server.script(r -> {
      int offset = Integer.parseInt(r.query().get("offset"));
      int limit = Integer.parseInt(r.query().get("limit"));
      return StubServer.json(items(offset, Math.min(2 * limit, offset + limit)));
    });
    assertThat(service.clients()).hasSize(200).doesNotHaveDuplicates();
    assertThat(server.requests()).hasSize(3);
    assertThat(service.labels()).hasSize(200);
  }

  @Test
  void is_trouble_when_a_later_page_fails() {
    server.script(r ->
        "1".equals(r.query().get("page"))
            ? StubServer.json(items(0, 100))
            : StubServer.html(502, "<h1>Bad gateway</h1>"));
    assertThat(trouble(service::projects).kind()).isEqualTo(Kind.UNKNOWN);
  }

  @Test
  void is_trouble_when_pages_repeat_instead_of_going_on() {
    always(StubServer.json(items(0, 100)));
    assertThat(trouble(service::projects)).hasMessageContaining("nothing new");
    assertThat(server.requests()).hasSize(2);
  }

  @Test
  void stops_after_a_thousand_pages() {
    AtomicInteger next = new AtomicInteger();
    server.script(r -> {
      int from = next.getAndAdd(100);
      return StubServer.json(items(from, from + 100));
    });
    assertThat(trouble(service::clients)).hasMessageContaining("more than 1000 pages");
    assertThat(server.requests()).hasSize(1000);
  }

  @Test
  void lists_once_what_moves_to_another_page_meanwhile() throws Exception {
    server.script(
        r -> StubServer.json("1".equals(r.query().get("page")) ? items(0, 100) : items(99, 150)));
    assertThat(service.users()).hasSize(150).doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"{}", "[{\"name\":\"no id\"}]", "[{\"id\":0}]", "[{\"id\":\"x\"}]", "[7]", "null"})
  void takes_no_other_shape_for_a_list(String body) {
    always(StubServer.json(body));
    assertThat(trouble(service::users).kind()).isEqualTo(Kind.UNKNOWN);
  }

  @Test
  void reads_projects_clients_and_users_tolerantly() throws Exception {
    always(
        StubServer.json(
            "[{\"id\":\"5\",\"name\":\"A & \\\"B\\\"\\n🚀\",\"external_id\":5001,\"active\":false,"
                + "\"client\":{\"id\":\"9\"}},{\"id\":6,\"name\":null,\"external_id\":null,"
                + "\"client\":null}]"));
    assertThat(service.projects())
        .containsExactly(
            new Project(5, "A & \"B\"\n🚀", "5001", false, 9), new Project(6, "", "", true, 0));
    assertThat(service.clients())
        .containsExactly(new Client(5, "A & \"B\"\n🚀", "5001"), new Client(6, "", ""));
    always(
        StubServer.json("[{\"id\":1,\"email\":\"a@b.c\",\"name\":\"A\",\"external_id\":\"301\"}]"));
    assertThat(service.users()).containsExactly(new User(1, "a@b.c", "A", "301", true));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"enable_labels\":\"custom\"",
        "\"enable_labels\":\"custom\",\"label_ids\":null",
        "\"enable_labels\":\"custom\",\"label_ids\":[2,\"x\"]",
        "\"enable_labels\":\"custom\",\"label_ids\":{\"2\":true}",
        "\"enable_labels\":\"all\",\"label_ids\":[2]",
        "\"label_ids\":[2]"
      })
  void a_projects_labels_are_its_own_only_where_all_of_them_can_be_read(String labels)
      throws Exception {
    always(StubServer.json("{\"id\":5,%s}".formatted(labels)));
    assertThat(service.enableLabels(5, Set.of(1L)).customLabels()).as("an answer").isFalse();
    always(
        StubServer.json(
            "[{\"id\":5,%s},{\"id\":6,\"enable_labels\":\"custom\",\"label_ids\":[2,\"3\"]},{\"id\":7,\"enable_labels\":\"custom\",\"label_ids\":[]}]"
                .formatted(labels)));
    assertThat(service.projects())
        .extracting(Project::customLabels, Project::labelIds)
        .containsExactly(
            tuple(false, Set.of()), tuple(true, Set.of(2L, 3L)), tuple(true, Set.of()));
  }

  @Test
  void flattens_the_tree_of_labels() throws Exception {
    always(
        StubServer.json(
            "[{\"id\":1,\"name\":\"Cat\",\"parent_id\":null,\"active\":true,\"children\":["
                + "{\"id\":2,\"name\":\"Sub\",\"parent_id\":1,\"children\":["
                + "{\"id\":3,\"name\":\"Leaf\",\"active\":false}]}]},"
                + "{\"id\":4,\"name\":\"Other\",\"parent_id\":1,\"children\":null}]"));
    assertThat(service.labels())
        .containsExactly(
            new Label(1, "Cat", 0, true),
            new Label(2, "Sub", 1, true),
            new Label(3, "Leaf", 2, false),
            new Label(4, "Other", 1, true));
  }

  @Test
  void reads_labels_32_levels_deep_and_no_deeper() throws Exception {
    always(StubServer.json("[" + chain(32) + "]"));
    assertThat(service.labels()).hasSize(32);
    always(StubServer.json("[" + chain(33) + "]"));
    assertThat(trouble(service::labels)).hasMessageContaining("deeper than 32");
    always(StubServer.json("[" + chain(50_000) + "]"));
    assertThat(trouble(service::labels).kind()).isEqualTo(Kind.UNKNOWN);
  }

  private static String chain(int depth) {
    StringBuilder chain = new StringBuilder();
    for (int i = 1; i <= depth; i++) {
      chain.append("{\"id\":").append(i).append(",\"children\":[");
    }
    return chain.append("]}".repeat(depth)).toString();
  }

  @Test
  void finds_one_user_or_none() throws Exception {
    prove();
    always(
        StubServer.json("{\"id\":7,\"email\":\"a@b.c\",\"name\":\"A\",\"external_id\":\"301\"}"));
    assertThat(service.user(7)).contains(new User(7, "a@b.c", "A", "301", true));
    always(StubServer.json(404, NOT_FOUND));
    assertThat(service.user(7)).isEmpty();
  }

  @Test
  void creates_a_project_as_the_contract_says() throws Exception {
    always(
        StubServer.json(
            201,
            "{\"id\":5,\"name\":\"Site - WEB\",\"external_id\":\"5001\",\"active\":true,"
                + "\"client\":{\"id\":9}}"));
    assertThat(service.createProject("Site - \"WEB\"\n🚀", "5001", 9))
        .isEqualTo(new Project(5, "Site - WEB", "5001", true, 9));
    StubServer.Request request = server.requests().getLast();
    assertThat(request.method() + " " + request.path()).isEqualTo("POST /1.1/77/projects");
    assertThat(request.header("Content-Type")).isEqualTo("application/json");
    assertThat(request.body())
        .isEqualTo(
            "{\"project\":{\"name\":\"Site - \\\"WEB\\\"\\n🚀\",\"external_id\":\"5001\","
                + "\"client_id\":9,\"active\":true,\"rate_type\":\"project\","
                + "\"enable_labels\":\"custom\"}}");
  }

  @Test
  void updates_by_put() throws Exception {
    always(StubServer.json("{\"id\":5,\"name\":\"n\",\"external_id\":\"e\",\"active\":false}"));
    service.updateProject(5, "n", "e", 9, false);
    assertThat(server.requests().getLast().method()).isEqualTo("PUT");
    assertThat(server.requests().getLast().path()).isEqualTo("/1.1/77/projects/5");
    assertThat(server.requests().getLast().body()).contains("\"active\":false");
    service.updateClient(5, "n", "e");
    assertThat(server.requests().getLast().path()).isEqualTo("/1.1/77/clients/5");
    assertThat(server.requests().getLast().body())
        .isEqualTo("{\"client\":{\"name\":\"n\",\"external_id\":\"e\"}}");
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 403, 404, 422})
  void says_what_the_service_refused(int status) {
    always(
        StubServer.json(
            status,
            "{\"errors\":{\"name\":[\"has already been taken\",\"is too short\"],"
                + "\"client_id\":\"is missing\"}}"));
    assertThatThrownBy(() -> service.createProject("n", "e", 9))
        .isInstanceOf(Refused.class)
        .hasMessage(
            "FirstService project create: HTTP %d: name: has already been taken, is too short; client_id: is missing",
            status);
  }

  static Stream<Reply> unknown() {
    return Stream.of(
        StubServer.json(500, NOT_FOUND),
        StubServer.html(503, "<h1>no</h1>"),
        StubServer.html(422, "<h1>no</h1>"),
        StubServer.json(408, "{\"errors\":{\"message\":\"timeout\"}}"),
        StubServer.json(201, "{\"name\":\"no id\"}"),
        StubServer.json(201, ""),
        StubServer.html(200, "<h1>hi</h1>"),
        new Reply.Drop(),
        new Reply.Truncated("{\"id\":5}"));
  }

  @ParameterizedTest
  @MethodSource("unknown")
  void leaves_the_outcome_of_a_changing_call_unknown_and_sends_it_once(Reply reply) {
    always(reply);
    assertThat(trouble(() -> service.createClient("n", "e")).kind()).isEqualTo(Kind.UNKNOWN);
    assertThat(server.requests()).hasSize(1);
  }

  @Test
  void is_not_done_when_the_service_asks_for_patience() {
    always(StubServer.withHeader(429, "Retry-After", "9", "<h1>slow</h1>"));
    ServiceTrouble trouble = trouble(() -> service.createClient("n", "e"));
    assertThat(trouble.kind()).isEqualTo(Kind.NOT_DONE);
    assertThat(trouble.retryAfter()).contains(Duration.ofSeconds(9));
  }

  @Test
  void takes_another_token_and_repeats_when_one_is_rejected() throws Exception {
    server.script(r ->
        r.header("Authorization").equals("Bearer t0")
            ? StubServer.html(401, "no")
            : StubServer.json(201, "{\"id\":5}"));
    assertThat(service.createClient("n", "e").id()).isEqualTo(5);
    assertThat(refreshes).hasValue(1);
    assertThat(server.requests()).hasSize(2);
  }

  @Test
  void asks_for_a_login_when_the_other_token_is_rejected_too() {
    always(StubServer.json(401, "{\"errors\":{\"message\":\"no\"}}"));
    ServiceTrouble trouble = trouble(() -> service.createClient("n", "e"));
    assertThat(trouble.kind()).isEqualTo(Kind.CREDENTIALS);
    assertThat(trouble).hasMessageContaining("./timebridge login first-service");
    assertThat(refreshes).hasValue(1);
    assertThat(ends)
        .as("a token ends now and then, a fresh one should not")
        .containsExactly(CallWatch.End.ANSWERED, CallWatch.End.CREDENTIALS);
  }

  @Test
  void is_not_done_when_the_outcome_of_the_refresh_is_unknown() {
    always(StubServer.json(401, "{}"));
    TokenSource lost =
        new TokenSource() {
          @Override
          public Secret access() {
            return new Secret("t0");
          }

          @Override
          public Secret refreshAfter(Secret rejected) throws ServiceTrouble {
            throw new ServiceTrouble(Kind.UNKNOWN, "lost");
          }
        };
    try (HttpFirstService unlucky = service(lost)) {
      ServiceTrouble trouble = trouble(() -> unlucky.createClient("n", "e"));
      assertThat(trouble.kind()).isEqualTo(Kind.NOT_DONE);
    }
  }

  @Test
  void sends_no_changing_call_once_it_is_too_late_but_still_reads() throws Exception {
    server.script(
        r -> r.method().equals("GET") ? StubServer.json("[]") : StubServer.json(201, "{\"id\":5}"));
    AtomicBoolean maySend = new AtomicBoolean(true);
    FirstService view = service.sendingOnlyWhile(maySend::get);
    assertThat(view.createClient("n", "e").id()).isEqualTo(5);
    maySend.set(false);
    for (FirstService late : List.of(view, view.sendingOnlyWhile(() -> true), late(service))) {
      for (ThrowingCallable call :
          List.<ThrowingCallable>of(
              () -> late.createClient("n", "e"),
              () -> late.updateClient(5, "n", "e"),
              () -> late.createProject("n", "e", 5),
              () -> late.updateProject(6, "n", "e", 5, true))) {
        ServiceTrouble trouble = trouble(call);
        assertThat(trouble.kind()).isEqualTo(Kind.NOT_DONE);
        assertThat(trouble).hasMessageContaining("too late to send");
      }
      assertThat(late.clients()).isEmpty();
    }
    assertThat(server.requests()).filteredOn(r -> !r.method().equals("GET")).hasSize(1);
    assertThat(service.createClient("n", "e").id()).isEqualTo(5);
  }

  private static FirstService late(FirstService service) {
    return service.sendingOnlyWhile(() -> false);
  }

  @Test
  void sends_nothing_the_second_time_when_it_gets_too_late_while_the_token_is_refreshed() {
    AtomicBoolean maySend = new AtomicBoolean(true);
    server.script(r -> {
      maySend.set(false);
      return StubServer.html(401, "no");
    });
    ServiceTrouble trouble =
        trouble(() -> service.sendingOnlyWhile(maySend::get).createClient("n", "e"));
    assertThat(trouble.kind()).isEqualTo(Kind.NOT_DONE);
    assertThat(server.requests()).hasSize(1);
  }

  @Test
  void shows_nothing_of_an_answer_that_refuses_a_fresh_token() {
    always(StubServer.json(401, "{\"errors\":{\"message\":\"Bearer t1 is not good\"}}"));
    assertThat(trouble(() -> service.createClient("n", "e")))
        .hasMessageContaining("HTTP 401")
        .hasMessageNotContaining("Bearer");
  }

  @Test
  void never_shows_a_token() {
    always(StubServer.json(500, "Bearer t0 access_token=t0 S3CRET-0123456789abcdef"));
    assertThat(catchThrowableOfType(ServiceTrouble.class, service::users))
        .hasMessageNotContaining("S3CRET")
        .hasMessageNotContaining("t0");
  }

  @Test
  void says_that_it_is_not_open_and_calls_nothing_while_a_person_has_to_log_in() throws Exception {
    ServiceTrouble dead =
        new ServiceTrouble(Kind.CREDENTIALS, "log in", Duration.ofSeconds(3), null);
    AtomicBoolean usable = new AtomicBoolean(true);
    List<String> told = new ArrayList<>();
    HttpFirstService guarded =
        service(
            new TokenSource() {
              @Override
              public Secret access() {
                return new Secret("t");
              }

              @Override
              public Secret refreshAfter(Secret rejected) {
                return new Secret("t2");
              }

              @Override
              public void requireUsable() throws ServiceTrouble {
                if (!usable.get()) {
                  throw dead;
                }
              }

              @Override
              public void worked(Secret token) {
                told.add("worked " + token.reveal());
              }

              @Override
              public void refused(Secret token, String why) {
                told.add("refused " + token.reveal());
              }
            });
    always(StubServer.json("[]"));
    guarded.requireOpen();
    guarded.users();
    always(StubServer.json(401, "{}"));
    assertThat(trouble(guarded::users).kind()).isEqualTo(Kind.CREDENTIALS);
    assertThat(told).containsExactly("worked t", "refused t2");
    usable.set(false);
    int calls = server.requests().size();
    assertThat(trouble(guarded::requireOpen)).isSameAs(dead);
    assertThat(trouble(guarded::users)).isSameAs(dead);
    assertThat(server.requests()).hasSize(calls);
    guarded.close();
  }

  @Test
  void says_that_it_is_not_open_while_its_circuit_is() throws Exception {
    Settings.Gate fragile =
        new Settings.Gate(
            Duration.ofSeconds(20), 10_000, 4, 5, 50, Duration.ofHours(1), Duration.ZERO);
    HttpFirstService ill =
        new HttpFirstService(
            Fixtures.first(server.uri(), fragile),
            new ServiceGate("FirstService", fragile),
            tokens);
    always(StubServer.json(500, "{}"));
    for (int i = 0; i < 5; i++) {
      ill.requireOpen();
      assertThat(trouble(ill::users).kind()).isEqualTo(Kind.UNKNOWN);
    }
    ServiceTrouble open = trouble(ill::requireOpen);
    assertThat(open.kind()).isEqualTo(Kind.CIRCUIT_OPEN);
    assertThat(open.retryAfter()).isPresent();
    ill.close();
  }

  @Test
  void lists_webhooks_in_whatever_form_they_come() throws Exception {
    always(
        StubServer.json(
            "[{\"id\":\"7\",\"url\":\"https://a/b\",\"subscriptions\":[\"hours:created\"],\"active\":false},{\"id\":8}]"));
    assertThat(service.webhooks())
        .containsExactly(
            new Webhook(7, "https://a/b", List.of("hours:created"), false),
            new Webhook(8, "", List.of(), true));
  }

  @Test
  void registers_a_webhook_and_never_quotes_its_secret() throws Exception {
    always(StubServer.json(201, "{\"id\":9,\"url\":\"https://a/b\",\"subscriptions\":[\"x\"]}"));
    assertThat(service.createWebhook("https://a/b", List.of("x"), new Secret("S3CRET")).id())
        .isEqualTo(9);
    StubServer.Request sent = server.requests().getLast();
    assertThat(sent.method() + " " + sent.path()).isEqualTo("POST /1.1/77/webhooks");
    assertThat(sent.body())
        .isEqualTo(
            "{\"webhook\":{\"url\":\"https://a/b\",\"subscriptions\":[\"x\"],\"secret_token\":\"S3CRET\",\"active\":true}}");
    always(StubServer.json(422, "{\"errors\":{\"secret_token\":[\"S3CRET is too short\"]}}"));
    assertThatThrownBy(
            () -> service.createWebhook("https://a/b", List.of("x"), new Secret("S3CRET")))
        .isInstanceOf(Refused.class)
        .hasMessageContaining("too short")
        .hasMessageNotContaining("S3CRET");
  }

  @Test
  void deletes_a_webhook_also_one_that_is_gone() throws Exception {
    prove();
    always(StubServer.json(204, ""));
    service.deleteWebhook(9);
    StubServer.Request sent = server.requests().getLast();
    assertThat(sent.method() + " " + sent.path()).isEqualTo("DELETE /1.1/77/webhooks/9");
    always(StubServer.json(404, NOT_FOUND));
    service.deleteWebhook(9);
    always(StubServer.json(403, NOT_FOUND));
    assertThatThrownBy(() -> service.deleteWebhook(9)).isInstanceOf(Refused.class);
  }

  @Test
  void shows_entries_page_by_page() throws Exception {
    int all = 2 * Pages.LARGE + 3;
    server.script(r -> {
      assertThat(r.query())
          .containsEntry("since", "2026-07-01")
          .containsEntry("upto", "2026-07-31");
      int size = Integer.parseInt(r.query().get("per_page"));
      int from = (Integer.parseInt(r.query().get("page")) - 1) * size;
      return StubServer.json(
          IntStream.range(from, Math.min(all, from + size))
              .mapToObj(id -> "{\"id\":" + (id + 1) + "}")
              .collect(Collectors.joining(",", "[", "]")));
    });
    List<Long> shown = new ArrayList<>();
    service.entries(
        LocalDate.parse("2026-07-01"),
        LocalDate.parse("2026-07-31"),
        entry -> shown.add(entry.path("id").longValue()));
    assertThat(shown).hasSize(all).doesNotHaveDuplicates();
    assertThat(server.requests()).hasSize(3);
  }

  @Test
  void does_not_read_the_same_page_for_ever() {
    always(
        StubServer.json(
            IntStream.rangeClosed(1, Pages.LARGE)
                .mapToObj(id -> "{\"id\":" + id + "}")
                .collect(Collectors.joining(",", "[", "]"))));
    LocalDate day = LocalDate.parse("2026-07-01");
    assertThat(trouble(() -> service.entries(day, day, entry -> {})))
        .hasMessageContaining("page 2 brings nothing new");
    assertThat(server.requests()).hasSize(2);
  }
}
