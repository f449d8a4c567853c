package io.timebridge.bench.process;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** Records as one line of JSON, and back. Thread-safe. */
public final class Json {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  private Json() {}

  public static String line(Object value) {
    return MAPPER.writeValueAsString(value);
  }

  /**
   * @throws IllegalArgumentException when the line is not one of {@code type}
   */
  public static <T> T read(String line, Class<T> type) {
    try {
      return MAPPER.readValue(line, type);
    } catch (JacksonException unreadable) {
      throw new IllegalArgumentException("not a " + type.getSimpleName() + ": " + line, unreadable);
    }
  }
}
