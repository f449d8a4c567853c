package io.timebridge.deploy;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A text beside this class whose {@code @names@} are filled in. */
final class ResourceFile {
  private static final Pattern PLACE = Pattern.compile("@([a-z-]+)@");

  private ResourceFile() {}

  static String read(String name) {
    try (InputStream in = ResourceFile.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalArgumentException("no such file: " + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException unreadable) {
      throw new UncheckedIOException(name, unreadable);
    }
  }

  /**
   * As {@link #read(String)}, with every place filled in.
   *
   * @throws IllegalArgumentException for a place that {@code values} does not know
   */
  static String read(String name, Map<String, String> values) {
    return PLACE
        .matcher(read(name))
        .replaceAll(place -> {
          String value = values.get(place.group(1));
          if (value == null) {
            throw new IllegalArgumentException(name + " has an unknown place " + place.group());
          }
          return Matcher.quoteReplacement(value);
        });
  }
}
