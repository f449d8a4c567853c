/**
 * What stands between us and a service: how fast and how many at a time we call, and when we stop
 * calling. The door is {@link io.timebridge.services.gate.ServiceGate}.
 */
@NullMarked
package io.timebridge.services.gate;

import org.jspecify.annotations.NullMarked;
