/**
 * Traces of an event, from the webhook to the calls it leads to, by OpenTelemetry. {@link
 * io.timebridge.tracing.Tracing} is the door: made by each {@code Main} and handed on.
 */
@NullMarked
package io.timebridge.tracing;

import org.jspecify.annotations.NullMarked;
