/**
 * What people are told: each problem once, whichever and however many processes see it. {@link
 * io.timebridge.alerts.Alerts} is the door.
 */
@NullMarked
package io.timebridge.alerts;

import org.jspecify.annotations.NullMarked;
