package io.timebridge.local.system;

import io.timebridge.settings.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;

/**
 * {@code .timebridge/up.conf}: how every other command started in the same folder finds the running
 * system. Readable by its owner alone, since it holds the made-up secrets; removed when the system
 * stops, and ignored once the process that wrote it is gone.
 */
public final class RunningFile implements AutoCloseable {
  private final Path file;

  private RunningFile(Path file) {
    this.file = file;
  }

  /** Writes the file, at once or not at all. */
  public static RunningFile write(Path folder, Map<String, String> settings) throws IOException {
    Path file = folder.resolve(Settings.RUNNING_FILE);
    Files.createDirectories(file.getParent());
    Path fresh = file.resolveSibling("up.conf.new");
    Files.deleteIfExists(fresh);
    Files.createFile(
        fresh, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(
        fresh,
        "up.pid = %d%nsettings {%n%s}%n"
            .formatted(ProcessHandle.current().pid(), SettingsText.lines(settings).indent(2)));
    Files.move(fresh, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    return new RunningFile(file);
  }

  @Override
  public void close() throws IOException {
    Files.deleteIfExists(file);
  }
}
