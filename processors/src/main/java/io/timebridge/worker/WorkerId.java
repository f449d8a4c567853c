package io.timebridge.worker;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.SecureRandom;
import java.util.HexFormat;

/** Names a worker process. */
public final class WorkerId {
  private WorkerId() {}

  /**
   * A new id, {@code host:pid:nonce}: two incarnations of a process never share one, so that a
   * lease of the first is not mistaken for the second's.
   */
  public static String create() {
    byte[] nonce = new byte[4];
    new SecureRandom().nextBytes(nonce);
    return host() + ":" + ProcessHandle.current().pid() + ":" + HexFormat.of().formatHex(nonce);
  }

  private static String host() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException unnamed) {
      return "unnamed-host";
    }
  }
}
