/**
 * Puts envelopes on the Kinesis streams: batched, bounded, retried, and in order per key. {@link
 * io.timebridge.publish.Publisher} is the door.
 */
@NullMarked
package io.timebridge.publish;

import org.jspecify.annotations.NullMarked;
