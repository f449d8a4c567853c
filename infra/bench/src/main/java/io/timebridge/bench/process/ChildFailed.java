package io.timebridge.bench.process;

/** A child JVM died, fell silent or gave up; the message says which and why, fit for a person. */
public final class ChildFailed extends Exception {
  private static final long serialVersionUID = 1L;

  public ChildFailed(String message) {
    super(message);
  }
}
