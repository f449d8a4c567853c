package io.timebridge.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HealthFileTest {
  private static final Instant NOON = Instant.parse("2026-07-06T12:00:00Z");

  @TempDir Path folder;
  private final AtomicReference<Instant> now = new AtomicReference<>(NOON);

  private HealthFile health(Path file) {
    return new HealthFile(file, now::get);
  }

  private static Instant touched(Path file) throws IOException {
    return Files.getLastModifiedTime(file).toInstant();
  }

  @Test
  void is_there_and_fresh_while_the_process_is_well() throws Exception {
    Path file = folder.resolve("health");
    HealthFile health = health(file);
    assertThat(file).as("before anything is known").doesNotExist();

    health.tell(Optional.empty());
    assertThat(touched(file)).isEqualTo(NOON);
    now.set(NOON.plusSeconds(1));
    health.tell(Optional.empty());
    assertThat(touched(file)).isEqualTo(NOON.plusSeconds(1));
  }

  @Test
  void is_gone_while_there_is_trouble_and_at_the_end() {
    Path file = folder.resolve("health");
    HealthFile health = health(file);
    health.tell(Optional.empty());

    health.tell(Optional.of("its door does not answer"));
    assertThat(file).doesNotExist();
    health.tell(Optional.empty());
    assertThat(file).exists();
    health.close();
    assertThat(file).doesNotExist();
  }

  @Test
  void takes_away_what_a_process_before_it_has_left() throws Exception {
    Path file = Files.createFile(folder.resolve("health"));
    health(file);
    assertThat(file).doesNotExist();
  }

  @Test
  void refuses_a_file_that_cannot_be_written_and_names_the_setting() {
    Path file = folder.resolve("no-such-folder").resolve("health");
    assertThatThrownBy(() -> health(file))
        .isInstanceOf(CannotStart.class)
        .hasMessageContaining("health.file")
        .hasMessageContaining(file.toString());
  }

  @Test
  void goes_on_when_it_cannot_be_written_for_a_while() throws Exception {
    Path inner = Files.createDirectory(folder.resolve("inner"));
    Path file = inner.resolve("health");
    HealthFile health = health(file);
    Files.delete(inner);

    health.tell(Optional.empty());
    assertThat(file).doesNotExist();
    Files.createDirectory(inner);
    health.tell(Optional.empty());
    assertThat(file).exists();
  }
}
