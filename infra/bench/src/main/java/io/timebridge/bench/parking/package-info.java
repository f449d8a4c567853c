/**
 * {@code bench parking}: what parked keys cost the others, and what a long row behind one takes.
 */
@NullMarked
package io.timebridge.bench.parking;

import org.jspecify.annotations.NullMarked;
