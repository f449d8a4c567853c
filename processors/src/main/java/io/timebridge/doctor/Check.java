package io.timebridge.doctor;

import io.timebridge.failure.StoreTrouble;
import io.timebridge.services.ServiceTrouble;
import io.timebridge.services.first.TokenStore;
import java.util.List;

/**
 * One thing that is looked at, on its own: it neither waits for another nor fails with it.
 *
 * @param name one word, for people and scripts
 * @param fix what to do when it cannot be looked at
 */
record Check(String name, String fix, Look look) {

  /** Looks, and changes nothing. */
  @FunctionalInterface
  interface Look {
    List<Finding> look()
        throws StoreTrouble, ServiceTrouble, TokenStore.Unavailable, InterruptedException;
  }
}
