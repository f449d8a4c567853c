/**
 * The page for the people who run Timebridge: lag over time, what is parked, the story of an entry,
 * jobs, alerts. Server-rendered, and usable without scripts; scripts keep it fresh and draw. {@link
 * io.timebridge.ops.OpsPage} is the door. It shows what others found out and acts through them; no
 * rule of its own about entries, keys or lag.
 */
@NullMarked
package io.timebridge.ops;

import org.jspecify.annotations.NullMarked;
