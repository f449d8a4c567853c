package io.timebridge.ops;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import io.timebridge.local.ops.Chromium;
import io.timebridge.local.ops.Person;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The page in a real browser, over a system that stands still. */
class OpsPageInBrowserTest {
  /** Of three applications: how far behind, how much came and went, how long events took. */
  private static final int CHARTS = 9;

  private static final List<String> MENU =
      List.of("Overview", "Shards", "Parked", "Entry", "Jobs", "Alerts");
  private static final Map<String, String> ROOMS =
      Map.of(
          "overview", "/",
          "shards", "/shards",
          "parked", "/parked",
          "key", "/parked/100000",
          "entry", "/entry?id=100000",
          "jobs", "/jobs",
          "alerts", "/alerts",
          "error", "/nothing");
  private static final String TOKEN = "correct horse battery staple";
  private static final String EVIL =
      "<script>alert(1)</script>\"'><img src=http://evil.example/x onerror=alert(2)>"
          + "${alert(3)}</title></textarea><svg onload=alert(4)> javascript:alert(5)";

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

  private static Showroom room() {
    Showroom room = new Showroom("", 8, 12, "");
    await().until(() -> room.hasLooked(Showroom.LOOKS));
    return room;
  }

  private static void assertNothingBehindTheBack(Person person, Showroom room) {
    assertThat(person.complaints()).isEmpty();
    assertThat(person.asked()).containsExactly(room.address().toString());
  }

  @ParameterizedTest
  @EnumSource(names = {"LIGHT", "DARK"})
  void can_be_read_in_light_and_in_dark_and_with_a_screen_reader(ColorScheme colours) {
    try (Showroom room = room();
        Person person = chromium.open(room.address(), colours)) {
      for (Map.Entry<String, String> one : ROOMS.entrySet()) {
        Page page = person.to(one.getValue());
        if (one.getKey().equals("overview")) {
          assertThat(page.locator("[data-drawn]")).hasCount(CHARTS);
        }
        assertThat(person.paleTexts()).as(one.getKey()).isEmpty();
        assertThat((List<?>) page.evaluate(UNSAID)).as(one.getKey()).isEmpty();
        person.keep(one.getKey() + "-" + colours.name().toLowerCase(Locale.ROOT));
      }
      person
          .page()
          .evaluate(
              "() => Object.assign(document.querySelector('h1').style, {color: '#777', backgroundColor: '#888'})");
      assertThat(person.paleTexts()).as("pale on purpose").isNotEmpty();
      person.page().evaluate("() => document.querySelector('h1').replaceWith('no heading')");
      assertThat((List<?>) person.page().evaluate(UNSAID)).isNotEmpty();
    }
  }

  @Test
  void leads_through_all_rooms_by_mouse() {
    try (Showroom room = room();
        Person person = chromium.open(room.address())) {
      Page page = person.to("/");
      for (String name : MENU) {
        page.locator("nav[aria-label=Main]").getByText(name).click();
        assertThat(page.locator("nav [aria-current=page]")).hasText(name);
        assertThat(page.locator("h1")).hasCount(1);
      }
      page.navigate("/");
      page.locator("h2 a", new Page.LocatorOptions().setHasText("timesheets")).click();
      assertThat(page.locator("#shards tbody tr")).hasCount(8);
      page.navigate("/parked");
      page.locator(".chips a").first().click();
      assertThat(page.locator("#parked-list tbody tr")).hasCount(3);
      page.locator("#parked-list tbody a").first().click();
      page.getByText("The story of this entry").click();
      assertThat(page.locator(".timeline li")).hasCount(3);
      assertNothingBehindTheBack(person, room);
    }
  }

  @Test
  void leads_through_all_rooms_by_keyboard_alone_and_shows_where_it_is() {
    try (Showroom room = room();
        Person person = chromium.open(room.address())) {
      Page page = person.to("/");
      page.keyboard().press("Tab");
      assertThat(page.locator(".skip")).isFocused();
      assertThat(page.locator(".skip")).isInViewport();
      page.keyboard().press("Enter");
      assertThat(page.locator("main")).isFocused();
      for (String name : MENU.subList(1, MENU.size())) {
        page.navigate("/");
        tabTo(page, name);
        page.keyboard().press("Enter");
        assertThat(page.locator("nav [aria-current=page]")).hasText(name);
      }
      page.navigate("/parked");
      tabTo(page, "Key or detail");
      page.keyboard().type("100004");
      page.keyboard().press("Enter");
      assertThat(page.locator("#parked-list tbody tr")).hasCount(1);
      assertThat(page.getByLabel("Key or detail")).hasValue("100004");
      tabTo(page, "Choose key 100004");
      page.keyboard().press("Space");
      assertThat(page.getByLabel("Choose key 100004")).isChecked();
      assertNothingBehindTheBack(person, room);
    }
  }

  /** Tab until a link or a field of that name is focused; whatever is focused shows that it is. */
  private static void tabTo(Page page, String name) {
    for (int i = 0; i < 40; i++) {
      page.keyboard().press("Tab");
      Object[] focused =
          ((List<?>)
                  page.evaluate(
                      """
                      () => {
                        const e = document.activeElement, style = getComputedStyle(e);
                        const name = e.ariaLabel || (e.labels && e.labels.length ? e.labels[0].textContent : e.textContent);
                        return [name.trim(), style.outlineStyle, parseFloat(style.outlineWidth)];
                      }
                      """))
              .toArray();
      assertThat(focused[1]).as("outline of " + focused[0]).isNotEqualTo("none");
      assertThat(((Number) focused[2]).doubleValue()).isGreaterThanOrEqualTo(2);
      if (focused[0].equals(name)) {
        return;
      }
    }
    throw new AssertionError("Tab does not lead to " + name);
  }

  @Test
  void draws_charts_with_a_line_for_every_shard() {
    try (Showroom room = room();
        Person person = chromium.open(room.address())) {
      Page page = person.to("/");
      assertThat(page.locator("[data-drawn] canvas")).hasCount(CHARTS);
      List<Integer> colours =
          page.querySelectorAll("[data-drawn] canvas").stream()
              .map(canvas -> ((Number) canvas.evaluate(COLOURS)).intValue())
              .toList();
      assertThat(colours).as("colours in each chart").allMatch(n -> n >= 1);
      assertThat(colours.getFirst()).as("of the shards of timesheets").isGreaterThanOrEqualTo(4);
      assertThat(page.locator("[data-chart=behind]").first()).containsText("shard 7");
      assertThat(page.locator("[data-chart=rates]").first()).containsText("10:00:00");
      assertThat(page.locator("[data-chart=latency]").first()).containsText("99 % within");
      assertThat(page.locator("#figures-timesheets"))
          .containsText("(1,000 events in the last minute)");
      assertNothingBehindTheBack(person, room);
    }
  }

  /** How many saturated colours are in it, each on some pixels: the lines, not axes and text. */
  private static final String COLOURS =
      """
      canvas => {
        const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
        const seen = new Map();
        for (let i = 0; i < data.length; i += 4) {
          const [r, g, b, a] = data.slice(i, i + 4);
          if (a === 255 && Math.max(r, g, b) - Math.min(r, g, b) > 60) {
            const colour = r + "," + g + "," + b;
            seen.set(colour, (seen.get(colour) || 0) + 1);
          }
        }
        return [...seen.values()].filter(pixels => pixels > 40).length;
      }
      """;

  @Test
  void stays_fresh_without_a_reload_and_leaves_a_person_in_peace() {
    try (Showroom room = room();
        Person person = chromium.open(room.address())) {
      person.page().clock().install();
      Page page = person.to("/parked");
      page.evaluate("() => { window.same = 'page'; }");
      page.getByLabel("Key or detail").fill("half a wo");
      page.getByLabel("Choose key 100004").check();
      room.waiting.add("555", "UNMAPPED_LABEL");
      room.waiting.redrive("100000");
      page.getByLabel("Key or detail").focus();
      page.clock().runFor(11_000);
      assertThat(page.getByLabel("Choose key 555")).isVisible();
      assertThat(page.getByLabel("Choose key 100000")).hasCount(0);
      assertThat(page.getByLabel("Key or detail")).isFocused();
      page.keyboard().type("rd");
      assertThat(page.getByLabel("Key or detail")).hasValue("half a word");
      assertThat(page.getByLabel("Choose key 100004")).isChecked();
      assertThat(page.getByLabel("Choose key 100004")).not().isFocused();

      page.locator("#parked-list tbody a", new Page.LocatorOptions().setHasText("100005")).focus();
      room.waiting.redrive("100001");
      page.clock().runFor(11_000);
      assertThat(page.getByLabel("Choose key 100001")).hasCount(0);
      assertThat(page.locator(":focus")).hasText("100005");
      assertThat(page.evaluate("() => window.same")).isEqualTo("page");

      page.navigate("/");
      page.evaluate("() => { window.same = 'overview'; }");
      assertThat(page.locator("#figures-timesheets")).containsText("~5,280");
      room.lookAgain();
      await().until(() -> room.hasLooked(Showroom.LOOKS + 1));
      page.clock().runFor(6_000);
      assertThat(page.locator("#figures-timesheets")).containsText("~5,284");
      assertThat(page.locator("[data-chart=rates]").first()).containsText("10:00:05");
      assertThat(page.evaluate("() => window.same")).isEqualTo("overview");
      assertNothingBehindTheBack(person, room);
    }
  }

  @Test
  void says_that_it_is_not_fresh_when_the_server_is_gone() {
    try (Showroom room = room();
        Person person = chromium.open(room.address())) {
      person.page().clock().install();
      Page page = person.to("/alerts");
      assertThat(page.locator("#stale")).isEmpty();
      room.stopServing();
      page.clock().runFor(11_000);
      assertThat(page.locator("#stale")).containsText("not fresh");
    }
  }

  @Test
  void runs_nothing_that_others_wrote_and_asks_no_other_host() {
    try (Showroom room = new Showroom("", 8, 12, EVIL);
        Person person = chromium.open(room.address())) {
      await().until(() -> room.hasLooked(Showroom.LOOKS));
      person.page().clock().install();
      for (String path : ROOMS.values()) {
        Page page = person.to(path);
        page.clock().runFor(11_000); // what is live is put in by a script
        page.waitForLoadState();
        assertThat(page.locator("main img, main svg, main script")).hasCount(0);
      }
      Page page = person.to("/parked");
      page.locator("#parked-list tbody a", new Page.LocatorOptions().setHasText("job-9")).click();
      assertThat(page.locator("h1")).containsText("Key job-9<script>alert(1)</script>");
      assertThat(page.locator(".facts")).containsText("<img src=http://evil.example/x");
      page.getByText("Redrive", new Page.GetByTextOptions().setExact(true)).click();
      assertThat(page.locator(".notice")).containsText("<script>alert(1)</script>");
      assertThat(page.locator(".notice")).containsText("was woken");
      page.navigate("/jobs?q=" + Urls.encoded(EVIL));
      assertThat(page.getByLabel("Code or name")).hasValue(EVIL);
      assertThat(person.dialogs()).isEmpty();
      person.page().navigate("/entry?id=" + Urls.encoded(EVIL));
      assertThat(person.complaints()).allSatisfy(said -> assertThat(said).contains("status of 40"));
      assertThat(person.asked()).containsExactly(room.address().toString());
      assertThat(person.cookiesOfScripts()).isEmpty();

      page.navigate("/");
      page.evaluate(
          "() => document.body.insertAdjacentHTML('beforeend', '<img src=http://evil.example/y onerror=alert(6)>')");
      await()
          .untilAsserted(() -> {
            page.evaluate("() => 1"); // lets what the browser said come in
            assertThat(person.complaints())
                .anyMatch(said -> said.contains("Content Security Policy"));
          });
      assertThat(person.dialogs()).isEmpty();
    }
  }

  private static final String UNSAID =
      """
      () => {
        const all = selector => [...document.querySelectorAll(selector)];
        const wrong = [];
        const want = (right, what) => { if (!right) wrong.push(what); };
        want(document.documentElement.lang === "en", "lang");
        want(document.title.length > 0, "title");
        want(all("h1").length === 1, "one h1");
        want(all("main").length === 1 && all("header").length === 1 && all("nav[aria-label]").length >= 1, "landmarks");
        want(all("nav [aria-current=page]").length <= 1, "one current page");
        for (const e of all("input:not([type=hidden]), select, textarea"))
          want(e.labels.length > 0 || e.ariaLabel, "label of " + e.outerHTML);
        for (const e of all("button, a")) want((e.textContent.trim() || e.ariaLabel), "name of " + e.outerHTML);
        for (const e of all("th")) want(e.scope || e.closest(".u-legend"), "scope of " + e.outerHTML);
        for (const e of all("[tabindex]")) want(e.tabIndex <= 0, "positive tabindex");
        for (const e of all(".scroll")) want(e.tabIndex === 0 && e.getAttribute("role") === "region" && e.ariaLabel, "scrolls for the mouse only");
        for (const e of all("[role=img]")) want(e.ariaLabel, "name of a picture");
        for (const e of all("[aria-labelledby]")) want(document.getElementById(e.getAttribute("aria-labelledby")), "labelled by nothing");
        const ids = all("[id]").map(e => e.id);
        want(new Set(ids).size === ids.length, "an id twice");
        const levels = all("h1, h2, h3").map(e => Number(e.tagName[1]));
        want(levels[0] === 1 && levels.every((l, i) => i === 0 || l <= levels[i - 1] + 1), "headings in order");
        return wrong;
      }
      """;

  @Test
  void can_be_used_with_a_thousand_shards_and_ten_thousand_keys() {
    try (Showroom room = new Showroom("", 1_000, 10_000, "");
        Person person = chromium.open(room.address())) {
      await().until(() -> room.hasLooked(Showroom.LOOKS));
      Page page = person.to("/");
      assertThat(page.locator("[data-drawn]")).hasCount(CHARTS);
      assertThat(page.locator("[data-chart=behind]").first()).containsText("worst of all");
      assertThat(page.locator("#overview-lower")).containsText("10,000 keys wait");
      page.navigate("/shards?app=timesheets");
      assertThat(page.locator("#shards")).containsText("1,000 shards");
      assertThat(page.locator("#shards tbody tr")).hasCount(200);
      assertThat(page.locator("#shards tbody tr").first()).containsText("NO OWNER");
      page.getByText("Last", new Page.GetByTextOptions().setExact(true)).click();
      assertThat(page.locator(".pager")).containsText("Page 5 of 5");
      assertThat(page.locator("#shards tbody tr").last()).containsText("CLOSED");
      page.navigate("/parked?state=DEAD&page=20");
      assertThat(page.locator("#parked-list tbody tr")).hasCount(100);
      assertThat(page.locator("#parked-list")).containsText("109999");
      page.getByLabel("Choose all of this page").check();
      assertThat(page.locator("tbody input:checked")).hasCount(100);
      page.getByText("Redrive the chosen").click();
      assertThat(page.locator(".notice").first()).containsText("100 keys are tried again now.");
      assertNothingBehindTheBack(person, room);
    }
  }

  @Test
  void lets_in_with_the_token_and_out_again() {
    try (Showroom room = new Showroom(TOKEN, 8, 12, "");
        Person person = chromium.open(room.address())) {
      Page page = person.to("/parked");
      assertThat(page.locator("h1")).hasText("Log in");
      assertThat(page.getByLabel("Token")).isFocused();
      page.keyboard().type("wrong");
      page.keyboard().press("Enter");
      assertThat(page.locator("[role=alert]")).hasText("That is not the token.");
      page.getByLabel("Token").fill(TOKEN);
      page.keyboard().press("Enter");
      assertThat(page.locator("h1")).hasText("Parked keys");
      assertThat(person.cookiesOfScripts()).isEmpty();
      person.page().clock().install();
      page.reload();
      try (Person stranger = chromium.open(room.address())) {
        assertThat(stranger.to("/alerts").locator("h1")).hasText("Log in");
        stranger.keep("login-light");
      }
      page.getByText("Log out").click();
      assertThat(page.locator("h1")).hasText("Log in");
      page.goBack();
      assertThat(page.locator("h1")).hasText("Log in");
      assertThat(page.locator("body")).not().containsText("100000");
      assertThat(person.asked()).containsExactly(room.address().toString());
    }
  }
}
