/**
 * Whether both services really are equal: entries, timesheets and rows compared, suspicions looked
 * at again before they are told, and what differs asked to be verified. Its door is {@link
 * io.timebridge.reconcile.Reconciliation}; how the sides are reached is in {@code reconcile.sides}.
 */
@NullMarked
package io.timebridge.reconcile;

import org.jspecify.annotations.NullMarked;
