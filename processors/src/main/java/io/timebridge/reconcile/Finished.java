package io.timebridge.reconcile;

import java.time.Instant;
import java.util.Optional;

/**
 * Up to when everything that arrived on the stream of entries' events is finished, for sure.
 *
 * @param upTo empty = that could not be seen
 * @param unseen what could not be seen, and why; for people
 */
public record Finished(Optional<Instant> upTo, String unseen) {}
