/**
 * The product's own rules, gates and lanes in one thread, with simulated time, network and store:
 * thousands of hostile histories a second, each the same again from its seed. The door is {@link
 * io.timebridge.local.simulated.Simulation}.
 */
@NullMarked
package io.timebridge.local.simulated;

import org.jspecify.annotations.NullMarked;
