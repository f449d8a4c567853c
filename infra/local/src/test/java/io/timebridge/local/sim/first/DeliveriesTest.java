package io.timebridge.local.sim.first;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.timebridge.local.sim.first.Receiver.Arrival;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class DeliveriesTest {
  private static final String SECRET = "s3cret ü";
  private static final byte[] KEY =
      "0123456789abcdef0123456789abcdef".getBytes(StandardCharsets.UTF_8);
  private static final String WHSEC = "whsec_" + Base64.getEncoder().encodeToString(KEY);
  private static final String[] ALL = {"hours:created", "hours:updated", "hours:deleted"};

  private Receiver receiver;
  private Team team;

  @BeforeEach
  void start() throws Exception {
    receiver = new Receiver();
    team = Team.open();
  }

  @AfterEach
  void stop() {
    team.close();
    receiver.close();
  }

  // ---- signatures, checked by code of the test's own

  @ParameterizedTest
  @CsvSource({"x-signature-hex", "x-signature-base64"})
  void x_signature_is_the_hmac_of_the_raw_body(String scheme) throws Exception {
    team.hook(receiver.url("/in"), SECRET, ALL);
    settings("\"scheme\":\"%s\",\"shape\":\"full\"".formatted(scheme));
    team.track("\"note\":\"ünï \\\"q\\\" \\n 日本 🕰\"");
    quiet();

    Arrival arrival = receiver.arrivals.getFirst();
    byte[] expected = hmac(SECRET.getBytes(StandardCharsets.UTF_8), arrival.body());
    String sent = arrival.header("x-signature");
    assertThat(
            scheme.endsWith("hex")
                ? HexFormat.of().parseHex(sent)
                : Base64.getDecoder().decode(sent))
        .isEqualTo(expected);
    assertThat(arrival.header("webhook-id")).isEmpty();
    assertThat(arrival.payload().path("note").stringValue()).isEqualTo("ünï \"q\" \n 日本 🕰");
    assertThat(arrival.header("content-type")).isEqualTo("application/json");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void the_standard_scheme_signs_id_time_and_body(boolean whsec) throws Exception {
    team.hook(receiver.url("/in"), whsec ? WHSEC : SECRET, ALL);
    settings("\"scheme\":\"standard\"");
    team.track();
    quiet();

    Arrival arrival = receiver.arrivals.getFirst();
    String id = arrival.header("webhook-id");
    String time = arrival.header("webhook-timestamp");
    byte[] key = whsec ? KEY : SECRET.getBytes(StandardCharsets.UTF_8);
    assertThat(id).isNotBlank();
    assertThat(Long.parseLong(time)).isPositive();
    assertThat(arrival.header("webhook-signature"))
        .isEqualTo(
            "v1,"
                + Base64.getEncoder()
                    .encodeToString(hmac(key, id + "." + time + "." + arrival.body())));
    assertThat(arrival.header("x-signature")).isEmpty();
  }

  @Test
  void a_mixed_scheme_and_shape_use_all_of_them() throws Exception {
    team.hook(receiver.url("/in"), WHSEC, ALL);
    settings("\"scheme\":\"mixed\",\"shape\":\"mixed\",\"seed\":2");
    for (int i = 0; i < 40; i++) {
      team.track();
    }
    quiet();

    Set<String> kinds =
        receiver.arrivals.stream()
            .map(it -> scheme(it) + (it.payload().has("entity_id") ? " thin" : " full"))
            .collect(Collectors.toSet());
    assertThat(kinds)
        .containsExactlyInAnyOrder(
            "hex thin", "hex full", "base64 thin", "base64 full", "standard thin", "standard full");
  }

  private static String scheme(Arrival arrival) {
    if (!arrival.header("webhook-signature").isEmpty()) {
      return "standard";
    }
    return arrival.header("x-signature").matches("[0-9a-f]{64}") ? "hex" : "base64";
  }

  // ---- shapes

  @Test
  void the_full_shape_is_the_event_as_it_was_at_the_change_even_when_it_arrives_later()
      throws Exception {
    CountDownLatch open = new CountDownLatch(1);
    receiver.answer(arrival -> awaited(open));
    team.hook(receiver.url("/in"), SECRET, ALL);
    settings("\"shape\":\"full\"");
    long id = team.track();
    team.edit(id, "\"note\":\"b\"");
    team.edit(id, "\"note\":\"c\"");
    team.delete(id);
    open.countDown();
    quiet();

    List<JsonNode> payloads = receiver.arrivals.stream().map(Arrival::payload).toList();
    assertThat(receiver.arrivals).hasSize(4);
    List<JsonNode> changes =
        team.control.ledger(6).stream().map(effect -> effect.content()).toList();
    assertThat(payloads.subList(0, 3).toString()).isEqualTo(changes.subList(0, 3).toString());
    assertThat(payloads.get(3))
        .isEqualTo(
            Team.MAPPER.readTree(
                "{\"id\":%d,\"deleted\":true,\"updated_at\":%s}"
                    .formatted(id, changes.get(3).path("updated_at"))));
  }

  @Test
  void the_full_shape_of_a_delete_lacks_updated_at_when_told_so() throws Exception {
    team.close();
    team = new Team(Team.plain().withQuirks(new FirstServiceSim.Quirks(0, 0, 0, false, true, 1)));
    team.hook(receiver.url("/in"), SECRET, "hours:deleted");
    settings("\"shape\":\"full\"");
    long id = team.track();
    team.delete(id);
    quiet();

    assertThat(receiver.arrivals)
        .extracting(Arrival::body)
        .containsExactly("{\"payload\":{\"id\":%d,\"deleted\":true}}".formatted(id));
  }

  @Test
  void the_thin_shape_names_the_entry_by_a_number_or_a_string_of_digits() throws Exception {
    team.hook(receiver.url("/in"), SECRET, "hours:created");
    settings("\"shape\":\"thin\"");
    Set<String> expected = new HashSet<>();
    for (int i = 0; i < 30; i++) {
      expected.add("/1.1/77/hours/" + team.track());
    }
    quiet();

    assertThat(receiver.arrivals)
        .extracting(it -> it.payload().path("entity_path").stringValue())
        .containsExactlyInAnyOrderElementsOf(expected);
    assertThat(receiver.arrivals)
        .allMatch(it -> it.payload().path("entity_path").stringValue().endsWith("/" + it.entity()))
        .anyMatch(it -> it.payload().path("entity_id").isString())
        .anyMatch(it -> it.payload().path("entity_id").isIntegralNumber());
  }

  @Test
  void a_suggestion_is_thin_and_changes_nothing() throws Exception {
    team.hook(receiver.url("/in"), SECRET, ALL);
    settings("\"shape\":\"full\"");
    int effects = team.control.ledger(0).size();
    team.control.post("/__sim/entries", "{\"op\":\"suggest\"}");
    quiet();

    JsonNode payload = receiver.arrivals.getFirst().payload();
    assertThat(payload.path("entity_path").stringValue())
        .isEqualTo("/1.1/77/suggested_hours/" + payload.path("entity_id").asString());
    assertThat(team.control.ledger(0)).hasSize(effects);
    assertThat(team.control.state().path("events").isEmpty()).isTrue();
  }

  @Test
  void each_webhook_gets_what_it_has_subscribed_to() throws Exception {
    team.hook(receiver.url("/new"), SECRET, "hours:created");
    team.hook(receiver.url("/gone"), SECRET, "hours:deleted");
    team.hook(receiver.url("/all"), SECRET, ALL);
    long deleted = team.hook(receiver.url("/never"), SECRET, ALL);
    team.send("DELETE", "webhooks/" + deleted, "");
    long id = team.track();
    team.edit(id, "\"note\":\"b\"");
    team.delete(id);
    quiet();

    Map<String, Long> byPath =
        receiver.arrivals.stream()
            .collect(Collectors.groupingBy(Arrival::path, Collectors.counting()));
    assertThat(byPath).isEqualTo(Map.of("/new", 1L, "/gone", 1L, "/all", 3L));
    assertThat(team.count("delivered")).isEqualTo(5);
  }

  // ---- order, repetition, loss

  @Test
  void without_reordering_the_deliveries_of_one_entry_arrive_in_order() throws Exception {
    team.hook(receiver.url("/in"), SECRET, ALL);
    settings("\"shape\":\"full\"");
    List<Long> ids = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      ids.add(team.track());
    }
    for (int round = 0; round < 5; round++) {
      ids.forEach(id -> team.edit(id, "\"note\":\"again\""));
    }
    quiet();

    for (long id : ids) {
      assertThat(versions(id)).hasSize(6).isSorted();
    }
  }

  @Test
  void every_delivery_comes_twice_when_all_are_repeated() throws Exception {
    team.hook(receiver.url("/in"), SECRET, ALL);
    settings("\"scheme\":\"standard\",\"duplicate\":1,\"maxDelayMillis\":50");
    for (int i = 0; i < 20; i++) {
      team.track();
    }
    quiet();

    Map<String, Long> byContent =
        receiver.arrivals.stream()
            .collect(
                Collectors.groupingBy(
                    it -> it.header("webhook-id") + it.body(), Collectors.counting()));
    assertThat(byContent).hasSize(20);
    assertThat(byContent.values()).containsOnly(2L);
    assertThat(team.count("delivered")).isEqualTo(40);
  }

  @Test
  void the_same_seed_loses_and_repeats_the_same_entries() throws Exception {
    String chances = "\"lose\":0.3,\"duplicate\":0.3,\"maxDelayMillis\":20,\"seed\":%d";
    Map<Long, Long> first = arrivalsPerEntry(chances.formatted(9));
    long lost = team.count("lost");
    assertThat(lost).isEqualTo(60 - first.size());
    assertThat(lost).isBetween(5L, 35L);
    assertThat(first.values()).contains(1L, 2L);

    assertThat(arrivalsPerEntry(chances.formatted(9))).isEqualTo(first);
    assertThat(arrivalsPerEntry(chances.formatted(10))).isNotEqualTo(first);
  }

  private Map<Long, Long> arrivalsPerEntry(String chances) throws Exception {
    stop();
    start();
    team.hook(receiver.url("/in"), SECRET, "hours:created");
    settings(chances);
    for (int i = 0; i < 60; i++) {
      team.track();
    }
    quiet();
    return receiver.arrivals.stream()
        .collect(Collectors.groupingBy(Arrival::entity, Collectors.counting()));
  }

  @Test
  void a_delivery_held_back_comes_after_later_ones() throws Exception {
    team.hook(receiver.url("/in"), SECRET, ALL);
    settings("\"shape\":\"full\",\"reorder\":1,\"maxDelayMillis\":60000");
    long id = team.track();
    settings("\"reorder\":0");
    for (int i = 0; i < 5; i++) {
      team.edit(id, "\"note\":\"again\"");
    }
    quiet();

    assertThat(versions(id)).hasSize(6).isNotEqualTo(versions(id).stream().sorted().toList());
    long created = team.control.ledger(6).getFirst().content().path("updated_at").longValue();
    assertThat(versions(id).indexOf(created)).isPositive();
  }

  @Test
  void a_delivery_held_back_comes_after_the_longest_delay_when_nothing_follows() throws Exception {
    team.hook(receiver.url("/in"), SECRET, ALL);
    settings("\"reorder\":1,\"maxDelayMillis\":300");
    long id = team.track();
    assertThat(team.count("pending")).isEqualTo(1);
    quiet();
    assertThat(receiver.arrivals).extracting(Arrival::entity).containsExactly(id);
  }

  // ---- failure

  @Test
  void a_failed_delivery_is_repeated_word_for_word_until_it_arrives() throws Exception {
    AtomicInteger refusals = new AtomicInteger();
    receiver.answer(arrival -> refusals.incrementAndGet() <= 3 ? 503 : 202);
    team.hook(receiver.url("/in"), SECRET, ALL);
    settings("\"scheme\":\"standard\"");
    team.track();
    quiet();

    assertThat(receiver.arrivals).hasSize(4);
    assertThat(receiver.arrivals)
        .extracting(Arrival::body)
        .containsOnly(receiver.arrivals.getFirst().body());
    assertThat(receiver.arrivals).extracting(it -> it.header("webhook-id")).containsOnly("msg_1");
    assertThat(team.count("delivered")).isEqualTo(1);
    assertThat(team.count("failed")).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {302, 400, 401, 410, 500})
  void any_answer_but_2xx_fails_and_after_eight_attempts_it_is_given_up(int status)
      throws Exception {
    receiver.answer(arrival -> status);
    team.hook(receiver.url("/in"), SECRET, ALL);
    team.track();
    quiet();

    assertThat(receiver.arrivals).hasSize(8).allMatch(it -> it.path().equals("/in"));
    assertThat(team.count("failed")).isEqualTo(1);
    assertThat(team.count("delivered")).isZero();
  }

  @Test
  void an_answer_that_takes_too_long_has_failed() throws Exception {
    restart(
        Team.plain()
            .withSender(
                new FirstServiceSim.Sender(
                    16, Duration.ofMillis(5), 2, Duration.ofMillis(300), 1000)));
    CountDownLatch never = new CountDownLatch(1);
    receiver.answer(arrival -> awaited(never));
    team.hook(receiver.url("/in"), SECRET, ALL);
    team.track();
    quiet();
    assertThat(team.count("failed")).isEqualTo(1);
    assertThat(receiver.arrivals).hasSize(2);
    never.countDown();
  }

  @Test
  void a_receiver_that_is_not_there_fails_and_holds_up_no_other() throws Exception {
    Receiver gone = new Receiver();
    String nowhere = gone.url("/in");
    gone.close();
    team.hook(nowhere, SECRET, ALL);
    team.hook(receiver.url("/in"), SECRET, ALL);
    team.track();
    quiet();
    assertThat(team.count("failed")).isEqualTo(1);
    assertThat(team.count("delivered")).isEqualTo(1);
  }

  @Test
  void a_webhook_is_switched_off_after_many_failures_in_a_row() throws Exception {
    restart(
        Team.plain()
            .withSender(
                new FirstServiceSim.Sender(1, Duration.ofMillis(1), 2, Duration.ofSeconds(5), 5)));
    AtomicInteger calls = new AtomicInteger();
    receiver.answer(arrival -> calls.incrementAndGet() == 4 ? 200 : 500);
    team.hook(receiver.url("/in"), SECRET, ALL);
    for (int i = 0; i < 4; i++) {
      team.track();
      quiet();
    }
    assertThat(calls).hasValue(8);
    assertThat(team.control.state().path("webhooks").path(0).path("active").booleanValue())
        .isTrue();
    team.track();
    quiet();
    assertThat(calls).hasValue(9);
    assertThat(team.control.state().path("webhooks").path(0).path("active").booleanValue())
        .isFalse();
    team.track();
    assertThat(team.quiet()).isTrue();
    assertThat(calls).hasValue(9);
  }

  @Test
  void no_more_are_in_flight_than_allowed() throws Exception {
    restart(Team.plain().withDeliveryConcurrency(3));
    CountDownLatch open = new CountDownLatch(1);
    receiver.answer(arrival -> awaited(open));
    team.hook(receiver.url("/in"), SECRET, ALL);
    for (int i = 0; i < 20; i++) {
      team.track();
    }
    await().until(() -> receiver.arrivals.size() == 3);
    assertThat(team.count("pending")).isEqualTo(20);
    open.countDown();
    quiet();
    assertThat(receiver.arrivals).hasSize(20);
    assertThat(receiver.mostAtOnce).hasValue(3);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"shape\":\"round\"",
        "\"scheme\":\"none\"",
        "\"lose\":2",
        "\"maxDelayMillis\":-1"
      })
  void settings_that_make_no_sense_are_refused_whole(String fields) throws Exception {
    String before = team.control.get("/__sim/delivery").toString();
    var answer =
        team.http.send("POST", "/__sim/delivery", "{\"duplicate\":0.5," + fields + "}", Map.of());
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(team.control.get("/__sim/delivery").toString()).isEqualTo(before);
  }

  private void restart(FirstServiceSim.Options options) throws Exception {
    team.close();
    team = new Team(options);
  }

  private void settings(String fields) {
    team.control.post("/__sim/delivery", "{" + fields + "}");
  }

  private void quiet() {
    await().atMost(Duration.ofSeconds(30)).until(() -> team.quiet());
  }

  private List<Long> versions(long entry) {
    return receiver.arrivals.stream()
        .map(Arrival::payload)
        .filter(payload -> Team.id(payload) == entry)
        .map(payload -> payload.path("updated_at").longValue())
        .toList();
  }

  private static int awaited(CountDownLatch latch) {
    try {
      return latch.await(20, TimeUnit.SECONDS) ? 200 : 500;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return 500;
    }
  }

  private static byte[] hmac(byte[] key, String text) throws Exception {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(key, "HmacSHA256"));
    return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
  }
}
