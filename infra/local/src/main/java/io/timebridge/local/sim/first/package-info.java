/**
 * FirstService simulated: a time tracker with rotating OAuth tokens and signed webhooks that
 * repeat, overtake and get lost.
 */
@NullMarked
package io.timebridge.local.sim.first;

import org.jspecify.annotations.NullMarked;
