package io.timebridge.ops;

import io.timebridge.failure.StoreTrouble;
import io.timebridge.story.Story;
import io.timebridge.stream.EntryId;

/** Tells what happened to an entry. Thread-safe. */
@FunctionalInterface
interface Stories {
  /**
   * @param ask whether both services are asked what they say now
   */
  Story tell(EntryId id, boolean ask) throws StoreTrouble, InterruptedException;
}
