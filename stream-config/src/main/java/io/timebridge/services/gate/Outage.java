package io.timebridge.services.gate;

import java.time.Duration;

/**
 * A service that is ill, or was until a moment ago.
 *
 * @param lasts from the opening of the circuit on; its end is the end of the ramp
 * @param unasked since somebody wanted to call last: without that nobody finds out whether the
 *     service is well again
 */
public record Outage(Duration lasts, Duration unasked) {}
