package io.timebridge.ops;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.timebridge.story.FirstView;
import io.timebridge.story.SecondView;
import io.timebridge.story.Story;
import io.timebridge.story.StoryItem;
import io.timebridge.stream.EntryId;
import io.timebridge.timesheet.EntryRow;
import java.math.BigInteger;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
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

  private final PageUnderTest tested = new PageUnderTest();
  private final FakeParked parked = tested.parked;

  @AfterEach
  void stop() {
    tested.close();
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

  @ParameterizedTest
  @ValueSource(strings = {"/", "/shards", "/parked", "/entry", "/jobs", "/alerts"})
  void shows_every_room_under_headers_that_bind_the_browser(String path) throws Exception {
    HttpResponse<String> answer = tested.open().get(path);
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
    Browser person = tested.open();
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
    tested.jobs = List.of(new Jobs.Row("job-1", EVIL, EVIL, EVIL, true, true, 5, false));
    tested.alerts = () -> List.of(new Alerted.Row(EVIL, EVIL, true, FakeParked.NOW));
    tested.stories = (id, ask) -> told(id);
    Browser person = tested.open();
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
    Browser person = tested.open();
    assertThat(person.get("/").body()).contains("never been compared");
    Optional<JsonNode> last =
        Optional.of(
            JsonMapper.builder()
                .build()
                .readTree(
                    """
                    {"from":"2026-06-02","to":"2026-07-03","ended":"2026-07-03T02:11:00Z","equal":false,
                     "complete":true,"drifts":7,"lost":5,"kinds":{"missing":5,"hours":2}}
                    """));
    tested.compared = () -> last;
    assertThat(person.get("/").body())
        .contains("7 entries differ", "5 of them were never applied", "missing", "hours")
        .doesNotContain("never been compared");
  }

  @Test
  void redrives_a_key_and_says_so() throws Exception {
    parked.add("4711", "UNMAPPED_LABEL", "no task");
    HttpResponse<String> answer =
        tested.open().submit("/parked/4711", "/parked/4711/redrive", Map.of("x", "y"));
    assertThat(answer.body()).contains("Key 4711 was woken");
    assertThat(parked.redriven()).containsExactly("4711");
  }

  @Test
  void redrives_and_gives_up_keys_of_any_characters() throws Exception {
    String odd = "a/b c?d#e%2F..+ü";
    parked.add(odd, "malformed", "");
    Browser person = tested.open();
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
    Browser person = tested.open();
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
        tested
            .open()
            .submit(
                "/parked", "/parked/redrive", Map.of("what", "all", "reason", "UNMAPPED_LABEL"));
    assertThat(answer.body()).contains("30 keys are tried again now.");
    await().until(() -> parked.redriven().size() == 30);
    assertThat(parked.redriven()).doesNotContain("77");
  }

  @Test
  void shows_nothing_without_the_token_where_one_is_set() throws Exception {
    parked.add("4711", "UNMAPPED_LABEL", "no task");
    Browser person = tested.open(PageUnderTest.TOKEN);
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
            Browser.encoded(Map.of("token", PageUnderTest.TOKEN, "to", "/parked")),
            "Sec-Fetch-Site",
            "same-origin");
    assertThat(in.body()).contains("4711").doesNotContain(PageUnderTest.TOKEN);
    person.submit("/parked", "/logout", Map.of());
    assertThat(person.get("/parked").body()).doesNotContain("4711");
    assertThat(parked.redriven()).isEmpty();
  }

  @Test
  void leads_nobody_to_another_site_after_the_login() throws Exception {
    for (String to : List.of("//evil.example/", "https://evil.example", "/\\evil.example")) {
      HttpResponse<String> answer =
          tested
              .open(PageUnderTest.TOKEN)
              .post("/login", Browser.encoded(Map.of("token", PageUnderTest.TOKEN, "to", to)));
      assertThat(answer.uri()).isEqualTo(tested.address().resolve("/"));
      stop();
    }
  }

  @Test
  void shows_a_thousand_shards_and_ten_thousand_keys_in_pages_worst_first() throws Exception {
    IntStream.range(0, 10_000)
        .forEach(i -> parked.add(Integer.toString(100_000 + i), "UNMAPPED_LABEL", "detail " + i));
    tested.lag = () -> PageUnderTest.report(1_000);
    Browser person = tested.open();
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
  void says_so_when_there_is_no_such_page_or_key() throws Exception {
    Browser person = tested.open();
    assertThat(person.get("/nothing").statusCode()).isEqualTo(404);
    assertThat(person.get("/parked/12345").statusCode()).isEqualTo(404);
    String long1 = IntStream.range(0, 300).mapToObj(i -> "9").collect(joining());
    assertThat(person.get("/parked/" + long1).statusCode()).isEqualTo(404);
    assertThat(person.post("/parked/redrive", "x".repeat(70_000)).statusCode()).isEqualTo(413);
  }
}
