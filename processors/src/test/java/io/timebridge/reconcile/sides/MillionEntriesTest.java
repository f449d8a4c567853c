package io.timebridge.reconcile.sides;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A large company in a small JVM of its own. */
class MillionEntriesTest {
  @TempDir Path folder;

  private JsonNode compare(String heap, int people, int days) throws Exception {
    Path out = folder.resolve("out.json");
    Process jvm = start(heap, people, days, out);
    try {
      assertThat(jvm.waitFor(15, TimeUnit.MINUTES)).as("ended").isTrue();
      assertThat(jvm.exitValue()).as(Files.readString(out)).isZero();
      JsonNode line = JsonMapper.builder().build().readTree(Files.readAllLines(out).getLast());
      System.out.println(line);
      return line;
    } finally {
      jvm.destroyForcibly();
    }
  }

  private static Process start(String heap, int people, int days, Path out) throws IOException {
    return new ProcessBuilder(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                heap,
                "-XX:+ExitOnOutOfMemoryError",
                "-cp",
                System.getProperty("java.class.path"),
                MillionEntries.class.getName(),
                Integer.toString(people),
                Integer.toString(days)))
        .redirectErrorStream(true)
        .redirectOutput(out.toFile())
        .start();
  }

  private static void assertFound(JsonNode line, int entries) {
    int each = entries / 10_000;
    assertThat(line.path("complete").asBoolean()).as(line.toString()).isTrue();
    assertThat(line.path("entries").asInt()).isEqualTo(entries - each);
    for (String kind : List.of("missing", "hours", "deleted-in-first", "row")) {
      assertThat(line.path("kinds").path(kind).asInt()).as(kind).isEqualTo(each);
    }
    assertThat(line.path("drifts").asInt()).isEqualTo(4 * each);
  }

  @Test
  @Tag("long")
  void compares_a_million_entries_of_a_month_within_256_mib() throws Exception {
    assertFound(compare("-Xmx256m", 10_000, 20), 1_000_000);
  }

  @Test
  void compares_more_entries_than_it_holds_at_a_time() throws Exception {
    assertFound(compare("-Xmx160m", 3_000, 6), 90_000);
  }
}
