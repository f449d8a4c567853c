package io.timebridge.local.aws;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.dynamodb.services.local.shared.access.sqlite.SQLiteLibraryLoader;

/**
 * Loads the native library of DynamoDB Local without leaving it behind.
 *
 * <p>DynamoDB Local copies the library into a folder, loads it and deletes it when the JVM ends; a
 * killed JVM leaves 900 KB each time. Here the folder is our own and goes as soon as the library is
 * loaded, where the system lets a loaded file go (Windows does not: there it goes at exit).
 */
final class SqliteLibrary {
  private static final Logger LOG = LoggerFactory.getLogger(SqliteLibrary.class);
  private static final String FOLDER_PROPERTY = "org.sqlite.tmpdir";

  /** Held while the system property points at our folder. */
  private static final ReentrantLock LOADING = new ReentrantLock();

  private SqliteLibrary() {}

  /**
   * Loads it; does nothing the second time.
   *
   * @throws IllegalStateException when this platform has no such library
   */
  static void load() {
    LOADING.lock();
    String before = System.getProperty(FOLDER_PROPERTY);
    Path folder = null;
    try {
      folder = Files.createTempDirectory("timebridge-sqlite-");
      // At exit the last registered goes first: the loader's file, then this folder.
      folder.toFile().deleteOnExit();
      System.setProperty(FOLDER_PROPERTY, folder.toString());
      SQLiteLibraryLoader.initialize();
    } catch (IOException e) {
      throw new UncheckedIOException("no folder for the native library of DynamoDB Local", e);
    } catch (Exception e) { // the loader declares Exception; any of them means: not loaded
      throw new IllegalStateException(
          "DynamoDB Local has no native library for this platform: " + e.getMessage(), e);
    } finally {
      restore(before);
      if (folder != null) {
        remove(folder);
      }
      LOADING.unlock();
    }
  }

  private static void restore(@Nullable String before) {
    if (before == null) {
      System.clearProperty(FOLDER_PROPERTY);
    } else {
      System.setProperty(FOLDER_PROPERTY, before);
    }
  }

  private static void remove(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
      Files.delete(folder);
    } catch (IOException e) {
      LOG.debug("the native library stays in {} until this process ends", folder, e);
    }
  }
}
