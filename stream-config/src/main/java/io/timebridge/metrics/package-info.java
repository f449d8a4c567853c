/**
 * What a process counts and measures, for Prometheus. {@link io.timebridge.metrics.Meters} is the
 * door: made by each {@code Main} and handed on; there is no global registry.
 */
@NullMarked
package io.timebridge.metrics;

import org.jspecify.annotations.NullMarked;
