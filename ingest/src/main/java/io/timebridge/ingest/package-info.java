/**
 * Everything that publishes. Three rooms: {@code publish} puts envelopes on Kinesis, {@code
 * gateway} lets webhooks in, {@code poller} looks at SecondService. Here: what the gateway and the
 * poller share as processes.
 */
@NullMarked
package io.timebridge.ingest;

import org.jspecify.annotations.NullMarked;
