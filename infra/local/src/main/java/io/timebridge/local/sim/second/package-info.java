/**
 * SecondService simulated: an old job system with sessions, errors inside HTTP 200 and moving
 * headers.
 */
@NullMarked
package io.timebridge.local.sim.second;

import org.jspecify.annotations.NullMarked;
