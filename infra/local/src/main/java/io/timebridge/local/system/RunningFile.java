package io.timebridge.local.system;

import io.timebridge.settings.Settings;
import io.timebridge.settings.SettingsLoader;
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

  /** Whether a system runs in this folder already. */
  public static boolean isTaken(Path folder) {
    Path file = folder.resolve(Settings.RUNNING_FILE);
    return Files.exists(file)
        && SettingsLoader.standard(folder, java.util.Optional.empty(), Map.of())
            .load((aws, path) -> Map.of())
            .effective()
            .stream()
            .anyMatch(setting -> setting.source().equals(file.toString()));
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
        "up.pid = %d%nup.started = \"%s\"%nsettings {%n%s}%n"
            .formatted(
                ProcessHandle.current().pid(),
                SettingsLoader.startOf(ProcessHandle.current()),
                SettingsText.lines(settings).indent(2)));
    Files.move(fresh, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    return new RunningFile(file);
  }

  @Override
  public void close() throws IOException {
    Files.deleteIfExists(file);
  }
}
