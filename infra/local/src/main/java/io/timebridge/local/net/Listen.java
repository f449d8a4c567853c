package io.timebridge.local.net;

/**
 * On which addresses a local server listens. None of them checks who calls, and the simulators'
 * control APIs can do anything; so it is loopback unless somebody says otherwise.
 */
public enum Listen {
  /** Nobody but this machine: the default everywhere. */
  LOOPBACK("127.0.0.1"),

  /**
   * Whoever reaches the machine: for a container, whose only way in is a private network of the
   * engine.
   */
  EVERYWHERE("0.0.0.0");

  private final String address;

  Listen(String address) {
    this.address = address;
  }

  /** The address to bind. */
  public String address() {
    return address;
  }
}
