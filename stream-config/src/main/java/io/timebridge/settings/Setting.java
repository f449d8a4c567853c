package io.timebridge.settings;

import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One setting: its key, default, what is allowed, and how its text is read.
 *
 * @param key dashed words, dots between rooms: {@code second-service.url}
 * @param defaultText the default, as one would write it
 * @param allowed for people: the range, with the unit
 * @param doc for people: one sentence
 * @param secret whether it is masked wherever it is shown
 * @param reader reads the text, or throws {@link IllegalArgumentException}
 */
record Setting<T>(
    String key,
    String defaultText,
    String allowed,
    String doc,
    boolean secret,
    Function<String, T> reader) {

  private static final Pattern DURATION =
      Pattern.compile("([0-9]{1,9}) *(ms|s|m|h|d)", Pattern.CASE_INSENSITIVE);

  /** The environment variable of this setting: {@code TIMEBRIDGE_SECOND_SERVICE_URL}. */
  String environmentName() {
    return "TIMEBRIDGE_" + key.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
  }

  static Setting<String> text(String key, String defaultText, String doc) {
    return new Setting<>(key, defaultText, "text", doc, false, Function.identity());
  }

  static Setting<String> matching(
      String key, String defaultText, Pattern pattern, String allowed, String doc) {
    return new Setting<>(
        key,
        defaultText,
        allowed,
        doc,
        false,
        text -> require(text, pattern.matcher(text).matches()));
  }

  static Setting<Secret> secret(String key, String doc) {
    return new Setting<>(key, "", "text, never shown", doc, true, Secret::new);
  }

  static Setting<List<Secret>> secrets(String key, String doc) {
    return new Setting<>(
        key,
        "",
        "texts separated by commas, never shown",
        doc,
        true,
        text -> split(text).stream().map(Secret::new).toList());
  }

  static Setting<Integer> integer(
      String key, int defaultValue, int min, int max, String unit, String doc) {
    return new Setting<>(
        key,
        Integer.toString(defaultValue),
        min + " to " + max + " " + unit,
        doc,
        false,
        text -> {
          int value = Integer.parseInt(text);
          require(text, value >= min && value <= max);
          return value;
        });
  }

  static Setting<Long> whole(String key, long defaultValue, String doc) {
    return new Setting<>(
        key,
        Long.toString(defaultValue),
        "a whole number, at least 0",
        doc,
        false,
        text -> {
          long value = Long.parseLong(text);
          require(text, value >= 0);
          return value;
        });
  }

  static Setting<Boolean> bool(String key, boolean defaultValue, String doc) {
    return new Setting<>(
        key,
        Boolean.toString(defaultValue),
        "true or false",
        doc,
        false,
        text -> {
          require(text, text.equals("true") || text.equals("false"));
          return Boolean.valueOf(text);
        });
  }

  static Setting<Duration> duration(
      String key, String defaultText, String min, String max, String doc) {
    return new Setting<>(
        key,
        defaultText,
        min + " to " + max + " (ms, s, m, h, d)",
        doc,
        false,
        text -> {
          Duration value = readDuration(text);
          require(
              text,
              value.compareTo(readDuration(min)) >= 0 && value.compareTo(readDuration(max)) <= 0);
          return value;
        });
  }

  /** As {@link #duration}, or 0 for never. */
  static Setting<Duration> durationOrNever(
      String key, String defaultText, String min, String max, String doc) {
    Setting<Duration> otherwise = duration(key, defaultText, min, max, doc);
    return new Setting<>(
        key,
        defaultText,
        "0s, or " + otherwise.allowed(),
        doc,
        false,
        text -> readDuration(text).isZero() ? Duration.ZERO : otherwise.reader().apply(text));
  }

  static Setting<URI> httpUri(String key, String defaultText, String doc) {
    return new Setting<>(
        key,
        defaultText,
        "an http or https address without query",
        doc,
        false,
        Setting::readHttpUri);
  }

  static <T> Setting<Set<T>> set(
      String key, String defaultText, String allowed, String doc, Function<String, T> item) {
    return new Setting<>(
        key,
        defaultText,
        allowed + ", separated by commas",
        doc,
        false,
        text -> {
          Set<T> values = new LinkedHashSet<>();
          split(text).forEach(part -> values.add(item.apply(part)));
          return values;
        });
  }

  static <T> Setting<T> optional(
      String key, String allowed, String doc, Function<String, T> reader) {
    return new Setting<>(key, "", allowed + ", or empty", doc, false, reader);
  }

  static URI readHttpUri(String text) {
    try {
      URI uri = new URI(text.endsWith("/") ? text.substring(0, text.length() - 1) : text);
      require(
          text,
          ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))
              && uri.getHost() != null
              && uri.getQuery() == null
              && uri.getFragment() == null
              && uri.getUserInfo() == null);
      return uri;
    } catch (URISyntaxException notAnAddress) {
      throw new IllegalArgumentException(notAnAddress);
    }
  }

  /**
   * Reads {@code 500ms}, {@code 5s}, {@code 2m}, {@code 1h}, {@code 7d}, or ISO-8601 ({@code
   * PT5S}).
   */
  static Duration readDuration(String text) {
    Matcher m = DURATION.matcher(text.trim());
    if (!m.matches()) {
      try {
        return Duration.parse(text);
      } catch (DateTimeParseException notIso) {
        throw new IllegalArgumentException(notIso);
      }
    }
    long amount = Long.parseLong(m.group(1));
    return switch (m.group(2).toLowerCase(Locale.ROOT)) {
      case "ms" -> Duration.ofMillis(amount);
      case "s" -> Duration.ofSeconds(amount);
      case "m" -> Duration.ofMinutes(amount);
      case "h" -> Duration.ofHours(amount);
      default -> Duration.ofDays(amount);
    };
  }

  private static List<String> split(String text) {
    return new ArrayList<>(
        Arrays.stream(text.split(",", -1)).map(String::trim).filter(p -> !p.isEmpty()).toList());
  }

  private static String require(String text, boolean allowed) {
    if (!allowed) {
      throw new IllegalArgumentException("not allowed");
    }
    return text;
  }
}
