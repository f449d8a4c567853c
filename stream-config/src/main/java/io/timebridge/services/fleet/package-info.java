/**
 * How the processes of a deployment share a service's limits: one row per service, in which each
 * process keeps its own share up to date. The door is {@link
 * io.timebridge.services.fleet.FleetShare}.
 */
@NullMarked
package io.timebridge.services.fleet;

import org.jspecify.annotations.NullMarked;
