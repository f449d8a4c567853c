package io.timebridge.ingest.poller;

import io.timebridge.stream.JobEvent;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** A job or client as it is published; immutable. */
public sealed interface Known {
  /** Ordering key of its events and key of its row. */
  String key();

  /** 16 hex digits of SHA-256 over its content; for people and repairs that compare rows. */
  String hash();

  record Client(long id, String code, String name) implements Known {
    @Override
    public String key() {
      return JobEvent.clientKey(id);
    }

    @Override
    public String hash() {
      return digest(code, name);
    }
  }

  record Job(
      long id,
      String code,
      String name,
      long clientId,
      String clientCode,
      String clientName,
      boolean open)
      implements Known {
    @Override
    public String key() {
      return JobEvent.jobKey(id);
    }

    @Override
    public String hash() {
      return digest(
          code, name, Long.toString(clientId), clientCode, clientName, Boolean.toString(open));
    }

    Job closed() {
      return new Job(id, code, name, clientId, clientCode, clientName, false);
    }
  }

  private static String digest(String... parts) {
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      for (String part : parts) {
        sha.update(part.getBytes(StandardCharsets.UTF_8));
        sha.update((byte) 0);
      }
      return HexFormat.of().formatHex(sha.digest(), 0, 8);
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every Java runtime has SHA-256", impossible);
    }
  }
}
