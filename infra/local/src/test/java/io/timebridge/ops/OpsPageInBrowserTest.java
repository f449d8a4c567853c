package io.timebridge.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.options.ColorScheme;
import io.timebridge.local.ops.Chromium;
import io.timebridge.local.ops.Person;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The page in a real browser, over a system that stands still. */
class OpsPageInBrowserTest {
  static final Map<String, String> ROOMS =
      Map.of(
          "overview", "/",
          "shards", "/shards",
          "parked", "/parked",
          "key", "/parked/100000",
          "entry", "/entry?id=100000",
          "jobs", "/jobs",
          "alerts", "/alerts");

  private static Chromium chromium;

  @BeforeAll
  static void start() {
    chromium = Chromium.start();
  }

  @AfterAll
  static void stop() {
    if (chromium != null) {
      chromium.close();
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"LIGHT", "DARK"})
  void every_text_can_be_read_in_light_and_in_dark(ColorScheme colours) {
    try (Showroom room = new Showroom("", 8, 12, "");
        Person person = chromium.open(room.address(), colours)) {
      await().until(() -> room.hasLooked(Showroom.LOOKS));
      for (Map.Entry<String, String> one : ROOMS.entrySet()) {
        person.to(one.getValue());
        if (one.getKey().equals("overview")) {
          person.page().waitForSelector("[data-drawn]");
        }
        assertThat(person.paleTexts()).as(one.getKey()).isEmpty();
        person.keep(one.getKey() + "-" + colours.name().toLowerCase(Locale.ROOT));
      }
      assertThat(person.complaints()).isEmpty();
    }
  }
}
