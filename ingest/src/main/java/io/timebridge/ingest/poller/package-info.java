/**
 * The poller: SecondService's jobs and clients in, what changed out to the stream. One poller is
 * active at a time, by a lease. {@link io.timebridge.ingest.poller.PollerMain} is the door.
 */
@NullMarked
package io.timebridge.ingest.poller;

import org.jspecify.annotations.NullMarked;
