package io.timebridge.local.ops;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Dialog;
import com.microsoft.playwright.Page;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/** A person with a browser of their own; what it did behind their back is written down. */
public final class Person implements AutoCloseable {
  private static final Path SCREENSHOTS = Path.of("target", "screenshots");

  private final BrowserContext context;
  private final Page page;
  private final TreeSet<String> asked = new TreeSet<>();
  private final List<String> dialogs = new ArrayList<>();
  private final List<String> complaints = new ArrayList<>();

  Person(BrowserContext context) {
    this.context = context;
    this.page = context.newPage();
    page.onRequest(r -> asked.add(r.url().replaceAll("^([a-z]+://[^/]*).*", "$1")));
    page.onDialog(this::answer);
    page.onPageError(complaints::add);
    page.onConsoleMessage(said -> {
      if (said.type().equals("error") || said.type().equals("warning")) {
        complaints.add(said.text());
      }
    });
  }

  private void answer(Dialog dialog) {
    dialogs.add(dialog.message());
    dialog.accept();
  }

  public Page page() {
    return page;
  }

  /** Goes to a path of the site. */
  public Page to(String path) {
    page.navigate(path);
    return page;
  }

  /** Sites that were sent any request. */
  public List<String> asked() {
    return List.copyOf(asked);
  }

  /** What dialogs said; each was accepted. */
  public List<String> dialogs() {
    return List.copyOf(dialogs);
  }

  /**
   * Errors and warnings of scripts and of the browser, breaches of the page's policy among them.
   */
  public List<String> complaints() {
    return List.copyOf(complaints);
  }

  /** Keeps how the page looks, for people: {@code target/screenshots}. */
  public void keep(String name) {
    page.screenshot(
        new Page.ScreenshotOptions().setPath(SCREENSHOTS.resolve(name + ".png")).setFullPage(true));
  }

  /** Texts that can be seen with less contrast to what is behind them than WCAG's AA wants. */
  @SuppressWarnings("unchecked") // a list of strings by the script
  public List<String> paleTexts() {
    return (List<String>) page.evaluate(PALE_TEXTS);
  }

  /** A cookie as a script of the page would see it. */
  public String cookiesOfScripts() {
    return (String) page.evaluate("() => document.cookie");
  }

  @Override
  public void close() {
    context.close();
  }

  private static final String PALE_TEXTS =
      """
      () => {
        const parse = c => (c.match(/[\\d.]+/g) || []).map(Number);
        const over = (top, under) => {
          const a = top.length > 3 ? top[3] : 1;
          return [0, 1, 2].map(i => top[i] * a + under[i] * (1 - a));
        };
        const light = c => {
          const [r, g, b] = c.map(v => v / 255).map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
          return 0.2126 * r + 0.7152 * g + 0.0722 * b;
        };
        const behind = element => {
          const layers = [];
          for (let e = element; e; e = e.parentElement) layers.push(parse(getComputedStyle(e).backgroundColor));
          return layers.reverse().reduce((under, top) => over(top, under), [255, 255, 255]);
        };
        const pale = [];
        for (const e of document.querySelectorAll("body *")) {
          const own = [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim());
          const typed = e.matches("input, select, button");
          if (!own && !typed || !e.checkVisibility() || e.closest(".hidden, .skip")) continue;
          const under = behind(e);
          const text = over(parse(getComputedStyle(e).color), under);
          const [high, low] = [light(text), light(under)].sort((a, b) => b - a);
          const ratio = (high + 0.05) / (low + 0.05);
          if (ratio < 4.5) pale.push(ratio.toFixed(2) + " " + e.tagName + "." + e.className + ": " + e.textContent.trim().slice(0, 40));
        }
        return pale;
      }
      """;
}
