package io.timebridge.replay;

import io.timebridge.failure.StoreTrouble;
import io.timebridge.stream.Envelope;

/** Says what is to become of an event, by the tables. Only reads. */
@FunctionalInterface
interface Judge {
  Verdict judge(Envelope envelope) throws StoreTrouble, InterruptedException;
}
