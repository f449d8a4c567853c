/**
 * The worker process: its wiring by hand, and its commands. Everything else in this module knows
 * nothing of it.
 */
@NullMarked
package io.timebridge.processors;

import org.jspecify.annotations.NullMarked;
