/**
 * The sides of a reconciliation as they are reached: both services, the rows, the stream. Its door
 * is {@link io.timebridge.reconcile.sides.LiveSides}.
 */
@NullMarked
package io.timebridge.reconcile.sides;

import org.jspecify.annotations.NullMarked;
