package io.timebridge.local.ops;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.ColorScheme;
import java.io.File;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * The machine's own Chromium, driven by the machine's own Node.js; nothing is downloaded. Not
 * thread-safe.
 */
public final class Chromium implements AutoCloseable {
  private static final int PATIENCE_MILLIS = 20_000;
  private static final List<String> NAMES =
      List.of("chromium", "chromium-browser", "google-chrome");
  private static final List<String> QUIET =
      List.of(
          "--headless",
          "--no-sandbox",
          "--disable-gpu",
          "--disable-quic",
          "--no-first-run",
          "--disable-background-networking",
          "--disable-component-update",
          "--disable-sync");

  private final Playwright playwright;
  private final Browser browser;

  private Chromium(Playwright playwright, Browser browser) {
    this.playwright = playwright;
    this.browser = browser;
  }

  /** Starts it, or skips the tests of the caller and says what is missing. */
  public static Chromium start() {
    Path node = onPath("node").orElseGet(() -> skip("there is no Node.js"));
    Path program =
        NAMES.stream()
            .flatMap(n -> onPath(n).stream())
            .findFirst()
            .orElseGet(() -> skip("there is no Chromium; Debian: apt-get install chromium"));
    PlaywrightAssertions.setDefaultAssertionTimeout(PATIENCE_MILLIS);
    Playwright playwright =
        Playwright.create(
            new Playwright.CreateOptions()
                .setEnv(
                    Map.of(
                        "PLAYWRIGHT_NODEJS_PATH",
                        node.toString(),
                        "PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD",
                        "1")));
    try {
      return new Chromium(
          playwright,
          playwright
              .chromium()
              .launch(new BrowserType.LaunchOptions().setExecutablePath(program).setArgs(QUIET)));
    } catch (RuntimeException notStarted) {
      playwright.close();
      throw notStarted;
    }
  }

  private static Optional<Path> onPath(String name) {
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
        .map(folder -> Path.of(folder, name))
        .filter(Files::isExecutable)
        .findFirst();
  }

  private static Path skip(String why) {
    System.err.println("browser tests are skipped: " + why);
    Assumptions.abort(why);
    throw new IllegalStateException(why);
  }

  /** A person's fresh browser at an address, in light colours. */
  public Person open(URI address) {
    return open(address, ColorScheme.LIGHT);
  }

  /** As {@link #open(URI)}, with the person's choice of colours. */
  public Person open(URI address, ColorScheme colours) {
    BrowserContext context =
        browser.newContext(
            new Browser.NewContextOptions()
                .setBaseURL(address.toString())
                .setColorScheme(colours)
                .setViewportSize(1280, 900));
    context.setDefaultTimeout(PATIENCE_MILLIS);
    return new Person(context);
  }

  @Override
  public void close() {
    browser.close();
    playwright.close();
  }
}
