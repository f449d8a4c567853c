package io.timebridge.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.InstantSource;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file by which a process says to whoever watches it that it is well: there and fresh while it
 * is, gone while it is not, growing old when the process stands still. Whoever reads it needs no
 * port and no JVM. For one thread.
 */
final class HealthFile implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(HealthFile.class);

  private final Path file;
  private final InstantSource clock;
  private boolean well;
  private boolean unwritable;

  /**
   * Takes away what a process before this one has left.
   *
   * @throws CannotStart when the file cannot be written
   */
  HealthFile(Path file, InstantSource clock) {
    this.file = file;
    this.clock = clock;
    try {
      touch();
      Files.delete(file);
    } catch (IOException notWritable) {
      throw new CannotStart(
          "health.file: cannot write %s (%s); name a file in a folder that this process may write to"
              .formatted(file, notWritable.getClass().getSimpleName()));
    }
  }

  /** Tells; a change of state is logged, and so is the first of several failures to tell it. */
  void tell(Optional<String> trouble) {
    try {
      if (trouble.isEmpty()) {
        touch();
        if (!well) {
          LOG.info("health=well file={}", file);
        }
      } else {
        Files.deleteIfExists(file);
        if (well) {
          LOG.warn("health=trouble reason=\"{}\"", trouble.get());
        }
      }
      well = trouble.isEmpty();
      unwritable = false;
    } catch (IOException failed) {
      if (!unwritable) {
        LOG.warn("health file cannot be written: file={}", file, failed);
      }
      unwritable = true;
    }
  }

  private void touch() throws IOException {
    if (!Files.exists(file)) {
      Files.createFile(file);
    }
    Files.setLastModifiedTime(file, FileTime.from(clock.instant()));
  }

  /** The process ends. */
  @Override
  public void close() {
    try {
      Files.deleteIfExists(file);
    } catch (IOException failed) {
      LOG.warn("health file cannot be deleted: file={}", file, failed);
    }
  }
}
