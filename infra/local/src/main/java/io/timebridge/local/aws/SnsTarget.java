package io.timebridge.local.aws;

/** Where the messages of one subscription go. Called by one thread at a time. */
interface SnsTarget {
  /** Tries once. */
  Attempt send(SnsMessage message) throws InterruptedException;

  /** How one attempt went. */
  sealed interface Attempt {
    record Delivered() implements Attempt {}

    /**
     * Not delivered.
     *
     * @param lasting trying again is useless
     */
    record Failed(String why, boolean lasting) implements Attempt {}
  }
}
