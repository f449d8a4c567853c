package io.timebridge.ops;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.timebridge.failure.StoreTrouble;
import io.timebridge.lag.ApplicationLag;
import io.timebridge.lag.Drain;
import io.timebridge.lag.Figure;
import io.timebridge.lag.LagReport;
import io.timebridge.lag.Latency;
import io.timebridge.lag.ShardLine;
import io.timebridge.lag.State;
import io.timebridge.settings.Secret;
import io.timebridge.settings.Settings;
import io.timebridge.story.FirstView;
import io.timebridge.story.SecondView;
import io.timebridge.story.Story;
import io.timebridge.story.StoryItem;
import io.timebridge.stream.EntryId;
import io.timebridge.timesheet.EntryRow;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.math.BigInteger;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class OpsPageTest {
  private static final String EVIL = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>";
  private static final StoryItem.Event EVENT =
      new StoryItem.Event(BigInteger.TEN, EVIL, FakeParked.NOW, OptionalLong.empty());
  private static final String TOKEN = "correct horse battery staple";

  private final FakeParked parked = new FakeParked();
  private List<Jobs.Row> jobs = List.of();
  private List<Alerted.Row> alerts = List.of();
  private Optional<JsonNode> compared = Optional.empty();
  private LagLooks.Lag lag = () -> report(2);
  private Optional<OpsPage> page = Optional.empty();
  private Optional<LagLooks> looks = Optional.empty();
  private Optional<Browser> browser = Optional.empty();

  @AfterEach
  void stop() {
    browser.ifPresent(Browser::close);
    page.ifPresent(OpsPage::close);
    looks.ifPresent(LagLooks::close);
  }

  private Browser open() {
    return open("");
  }

  private Browser open(String token) {
    LagLooks started = LagLooks.start(lag, Duration.ofHours(1));
    looks = Optional.of(started);
    OpsPage opened =
        OpsPage.start(
            new Settings.Ops("127.0.0.1", 0, new Secret(token)),
            new OpsPage.Parts(
                started,
                parked,
                (id, ask) -> told(id),
                new FakeJobs(jobs),
                () -> alerts,
                () -> compared,
                InstantSource.fixed(FakeParked.NOW)));
    page = Optional.of(opened);
    Browser made = new Browser(opened.address());
    browser = Optional.of(made);
    await().until(() -> started.latest().isPresent() || !started.trouble().isEmpty());
    return made;
  }

  /** Nothing is known of it, and FirstService has said something unkind. */
  private static Story told(EntryId id) {
    return new Story(
        id,
        Story.Standing.UNKNOWN,
        List.of(EVIL),
        EntryRow.absent(),
        List.of(new StoryItem.Waiting(FakeParked.NOW, EVENT, EVIL, EVIL)),
        new FirstView.Trouble(EVIL),
        new SecondView.Trouble(EVIL),
        List.of(EVIL));
  }

  private static LagReport report(int shards) {
    return new LagReport(
        FakeParked.NOW,
        List.of(
            new ApplicationLag(
                "timesheets",
                "timebridge-timesheets",
                "timesheet-events",
                new Latency(new TreeMap<>(Map.of(130L, 99L, 2_400L, 1L))),
                IntStream.range(0, shards).mapToObj(OpsPageTest::shard).toList())),
        List.of(),
        new io.timebridge.lag.Parked(0, 0, 0, Optional.empty(), false));
  }

  private static ShardLine shard(int number) {
    return new ShardLine(
        "shardId-%012d".formatted(number),
        number == 1 ? State.STALLED : State.OK,
        "as it is",
        Optional.of("worker-1"),
        Optional.empty(),
        0,
        Optional.of("49"),
        Optional.of(FakeParked.NOW),
        Optional.of(Figure.measured(Duration.ofSeconds(number))),
        Optional.of(Figure.estimated(12L)),
        OptionalDouble.of(1.5),
        OptionalDouble.of(1.25),
        new Drain.Unknown(),
        Optional.empty(),
        "");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/shards", "/parked", "/entry", "/jobs", "/alerts"})
  void shows_every_room_under_headers_that_bind_the_browser(String path) throws Exception {
    HttpResponse<String> answer = open().get(path);
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Content-Security-Policy"))
        .hasValueSatisfying(
            policy -> assertThat(policy).contains("default-src 'none'").doesNotContain("unsafe"));
    assertThat(answer.headers().firstValue("Cache-Control")).hasValue("no-store");
    assertThat(answer.body())
        .contains("<html lang=\"en\">", "aria-current=\"page\"", "Skip to content")
        .doesNotContain("http://", "https://", "style=", "onclick=");
  }

  @Test
  void serves_its_scripts_and_styles_itself() throws Exception {
    Browser person = open();
    for (String name : List.of("ops.css", "ops.js", "uplot.css", "uplot.js")) {
      assertThat(person.get("/assets/" + name).statusCode()).as(name).isEqualTo(200);
    }
    assertThat(person.get("/assets/../ops.css").statusCode()).isEqualTo(404);
    assertThat(person.get("/assets/%2e%2e%2fOpsPage.class").statusCode()).isEqualTo(404);
  }

  @Test
  void shows_what_others_wrote_as_text_and_nothing_else() throws Exception {
    parked.add("4711", "UNMAPPED_LABEL", EVIL);
    parked.add(EVIL, EVIL, EVIL);
    jobs = List.of(new Jobs.Row("job-1", EVIL, EVIL, EVIL, true, true, 5, false));
    alerts = List.of(new Alerted.Row(EVIL, EVIL, true, FakeParked.NOW));
    Browser person = open();
    for (String path :
        List.of(
            "/",
            "/parked",
            "/parked?q=" + Urls.encoded("<script>") + "&reason=" + Urls.encoded(EVIL),
            "/parked/" + Urls.encoded(EVIL),
            "/jobs",
            "/alerts",
            "/entry?id=4711",
            "/entry?id=" + Urls.encoded(EVIL),
            "/parked/" + Urls.encoded("<script>unknown"))) {
      assertThat(person.get(path).body()).as(path).doesNotContain("<script>", "<img", "\"'>");
    }
  }

  @Test
  void shows_what_the_last_comparison_of_both_services_found() throws Exception {
    Browser person = open();
    assertThat(person.get("/").body()).contains("never been compared");
    compared =
        Optional.of(
            JsonMapper.builder()
                .build()
                .readTree(
                    """
                    {"from":"2026-06-02","to":"2026-07-03","ended":"2026-07-03T02:11:00Z","equal":false,
                     "complete":true,"drifts":7,"lost":5,"kinds":{"missing":5,"hours":2}}
                    """));
    assertThat(person.get("/").body())
        .contains("7 entries differ", "5 of them were never applied", "missing", "hours")
        .doesNotContain("never been compared");
  }

  @Test
  void redrives_a_key_and_says_so() throws Exception {
    parked.add("4711", "UNMAPPED_LABEL", "no task");
    HttpResponse<String> answer =
        open().submit("/parked/4711", "/parked/4711/redrive", Map.of("x", "y"));
    assertThat(answer.body()).contains("Key 4711 was woken");
    assertThat(parked.redriven()).containsExactly("4711");
  }

  @Test
  void redrives_and_gives_up_keys_of_any_characters() throws Exception {
    String odd = "a/b c?d#e%2F..+ü";
    parked.add(odd, "malformed", "");
    Browser person = open();
    String path = "/parked/" + Urls.encoded(odd);
    assertThat(person.get(path).body()).contains("Key " + odd);
    person.submit(path, path + "/redrive", Map.of());
    assertThat(parked.redriven()).containsExactly(odd);
    parked.add(odd, "malformed", "");
    person.submit(path, path + "/discard", Map.of("why", "a test"));
    assertThat(parked.discarded()).isEqualTo(Map.of(odd, "a test"));
    assertThat(person.get(path + "/x").statusCode()).isEqualTo(404);
  }

  @Test
  void gives_up_a_key_only_with_a_reason() throws Exception {
    parked.add("4711", "UNMAPPED_LABEL", "no task");
    Browser person = open();
    assertThat(
            person.submit("/parked/4711", "/parked/4711/discard", Map.of("why", " ")).statusCode())
        .isEqualTo(400);
    assertThat(parked.discarded()).isEmpty();
    person.submit("/parked/4711", "/parked/4711/discard", Map.of("why", "a test"));
    assertThat(parked.discarded()).isEqualTo(Map.of("4711", "a test"));
  }

  @Test
  void redrives_all_that_a_filter_finds_and_no_other() throws Exception {
    IntStream.range(0, 30).forEach(i -> parked.add("1" + i, "UNMAPPED_LABEL", ""));
    parked.add("77", "LOCKED_PERIOD", "");
    HttpResponse<String> answer =
        open()
            .submit(
                "/parked", "/parked/redrive", Map.of("what", "all", "reason", "UNMAPPED_LABEL"));
    assertThat(answer.body()).contains("30 keys are tried again now.");
    await().until(() -> parked.redriven().size() == 30);
    assertThat(parked.redriven()).doesNotContain("77");
  }

  @Test
  void refuses_what_another_page_made_a_browser_send() throws Exception {
    parked.add("4711", "UNMAPPED_LABEL", "no task");
    Browser person = open();
    person.get("/parked");
    assertThat(person.post("/parked/4711/redrive", "form-key=x").statusCode()).isEqualTo(403);
    assertThat(
            person
                .post("/parked/4711/redrive", "form-key=x", "Sec-Fetch-Site", "cross-site")
                .statusCode())
        .isEqualTo(403);
    assertThat(
            person
                .post("/parked/4711/redrive", "form-key=x", "Origin", "http://evil.example")
                .statusCode())
        .isEqualTo(403);
    assertThat(parked.redriven()).isEmpty();
  }

  @Test
  void refuses_a_form_key_of_another_session() throws Exception {
    parked.add("4711", "UNMAPPED_LABEL", "no task");
    Browser person = open();
    String other;
    try (Browser stranger = new Browser(page.orElseThrow().address())) {
      other =
          stranger
              .get("/parked/4711")
              .body()
              .replaceAll("(?s).*form-key\" value=\"([^\"]+).*", "$1");
    }
    person.get("/parked");
    assertThat(person.post("/parked/4711/redrive", "form-key=" + other).statusCode())
        .isEqualTo(403);
    assertThat(parked.redriven()).isEmpty();
  }

  @Test
  void is_no_page_of_a_name_that_was_pointed_at_this_machine() throws Exception {
    open();
    assertThat(raw("GET /parked HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"))
        .startsWith("HTTP/1.1 421");
    assertThat(raw("GET /alerts HTTP/1.1\r\nHost: localhost:1\r\nConnection: close\r\n\r\n"))
        .startsWith("HTTP/1.1 200");
    assertThat(raw("GET /alerts HTTP/1.1\r\nHost: [::1]:1\r\nConnection: close\r\n\r\n"))
        .startsWith("HTTP/1.1 200");
  }

  /** The first line of the answer. */
  private String raw(String request) throws IOException {
    URI address = page.orElseThrow().address();
    try (Socket socket = new Socket(address.getHost(), address.getPort())) {
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      return String.valueOf(
          new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8))
              .readLine());
    }
  }

  @Test
  void shows_nothing_without_the_token_where_one_is_set() throws Exception {
    parked.add("4711", "UNMAPPED_LABEL", "no task");
    Browser person = open(TOKEN);
    assertThat(person.get("/parked").body()).contains("Token").doesNotContain("4711");
    assertThat(person.get("/data/lag?app=timesheets").statusCode()).isEqualTo(401);
    assertThat(person.post("/parked/4711/redrive", "form-key=x").body()).doesNotContain("woken");
    HttpResponse<String> wrong =
        person.post("/login", "token=wrong", "Sec-Fetch-Site", "same-origin");
    assertThat(wrong.statusCode()).isEqualTo(401);
    assertThat(person.get("/parked").body()).doesNotContain("4711");
    HttpResponse<String> in =
        person.post(
            "/login",
            Browser.encoded(Map.of("token", TOKEN, "to", "/parked")),
            "Sec-Fetch-Site",
            "same-origin");
    assertThat(in.body()).contains("4711").doesNotContain(TOKEN);
    person.submit("/parked", "/logout", Map.of());
    assertThat(person.get("/parked").body()).doesNotContain("4711");
    assertThat(parked.redriven()).isEmpty();
  }

  @Test
  void lets_a_program_in_that_sends_the_token() throws Exception {
    Browser program = open(TOKEN);
    assertThat(program.get("/data/lag?app=timesheets", "Authorization", "Bearer " + TOKEN).body())
        .contains("shardId-000000000001");
    assertThat(
            program.get("/data/lag?app=timesheets", "Authorization", "Bearer wrong").statusCode())
        .isEqualTo(401);
  }

  @Test
  void refuses_all_tokens_for_a_while_after_ten_wrong_ones() throws Exception {
    Browser person = open(TOKEN);
    for (int i = 0; i < Sessions.MOST_WRONG; i++) {
      assertThat(person.post("/login", "token=wrong" + i).statusCode()).isEqualTo(401);
    }
    assertThat(person.post("/login", Browser.encoded(Map.of("token", TOKEN))).statusCode())
        .isEqualTo(429);
  }

  @Test
  void leads_nobody_to_another_site_after_the_login() throws Exception {
    for (String to : List.of("//evil.example/", "https://evil.example", "/\\evil.example")) {
      HttpResponse<String> answer =
          open(TOKEN).post("/login", Browser.encoded(Map.of("token", TOKEN, "to", to)));
      assertThat(answer.uri()).isEqualTo(page.orElseThrow().address().resolve("/"));
      stop();
    }
  }

  @Test
  void shows_a_thousand_shards_and_ten_thousand_keys_in_pages_worst_first() throws Exception {
    IntStream.range(0, 10_000)
        .forEach(i -> parked.add(Integer.toString(100_000 + i), "UNMAPPED_LABEL", "detail " + i));
    lag = () -> report(1_000);
    Browser person = open();
    String shards = person.get("/shards").body();
    assertThat(shards).contains("1,000 shards", "Page 1 of 5");
    assertThat(shards.indexOf("shardId-000000000001"))
        .isLessThan(shards.indexOf("shardId-000000000000"));
    String keys = person.get("/parked?page=100").body();
    assertThat(keys).contains("10,000 keys wait", "Page 100 of 100", "109999", "UNMAPPED_LABEL");
    assertThat(keys).doesNotContain("Choose key 100000\"");
    assertThat(person.get("/data/lag?app=timesheets").body().length()).isLessThan(20_000);
  }

  @Test
  void says_so_when_a_table_cannot_be_read() throws Exception {
    lag =
        () -> {
          throw new StoreTrouble("the lease table cannot be read", null);
        };
    assertThat(open().get("/").body()).contains("the lease table cannot be read");
  }

  @Test
  void says_so_when_there_is_no_such_page_or_key() throws Exception {
    Browser person = open();
    assertThat(person.get("/nothing").statusCode()).isEqualTo(404);
    assertThat(person.get("/parked/12345").statusCode()).isEqualTo(404);
    String long1 = IntStream.range(0, 300).mapToObj(i -> "9").collect(joining());
    assertThat(person.get("/parked/" + long1).statusCode()).isEqualTo(404);
    assertThat(person.post("/parked/redrive", "x".repeat(70_000)).statusCode()).isEqualTo(413);
  }
}
