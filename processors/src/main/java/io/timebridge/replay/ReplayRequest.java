package io.timebridge.replay;

import io.timebridge.stream.StreamName;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/**
 * What a person wants done again.
 *
 * @param from as it was typed; with {@code to} it says whether two requests are the same
 * @param to as it was typed; empty = until the replay began
 * @param key only the events of this key
 * @param fromBackup from the table of backups instead of the stream
 * @param force each entry is compared with FirstService and put right, whatever its row says
 */
public record ReplayRequest(
    StreamName stream,
    String from,
    Optional<String> to,
    Optional<String> key,
    boolean fromBackup,
    boolean force) {

  /** The same for the same arguments, other for others; also the name of the replay. */
  public String name() {
    String all =
        String.join(
            "\u001f",
            stream.streamName(),
            from,
            to.orElse(""),
            key.orElse(""),
            Boolean.toString(fromBackup),
            Boolean.toString(force));
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(all.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, 8);
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every Java runtime has SHA-256", impossible);
    }
  }
}
