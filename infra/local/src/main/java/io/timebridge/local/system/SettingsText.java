package io.timebridge.local.system;

import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Settings by key, as the lines of a {@code timebridge.conf}. */
public final class SettingsText {
  private SettingsText() {}

  /** The settings that lead every AWS client to these endpoints. */
  public static Map<String, String> aws(Map<String, URI> endpoints) {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("aws.local", "true");
    endpoints.forEach((service, uri) -> settings.put("aws.endpoints." + service, uri.toString()));
    return settings;
  }

  /**
   * The same settings for somebody who reaches this machine by another name than its own loopback
   * address.
   */
  public static Map<String, String> seenFrom(Map<String, String> settings, Optional<String> name) {
    Map<String, String> seen = new LinkedHashMap<>(settings);
    name.ifPresent(
        host -> seen.replaceAll((key, value) -> value.replace("//127.0.0.1:", "//" + host + ":")));
    return seen;
  }

  /** One quoted line per setting, in order. */
  public static String lines(Map<String, String> settings) {
    return settings.entrySet().stream()
        .map(e -> e.getKey() + " = " + quoted(e.getValue()))
        .collect(Collectors.joining("\n", "", "\n"));
  }

  private static String quoted(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }
}
