/**
 * What both simulators stand on: the server, the ledger of accepted effects, and the faults that
 * spoil calls.
 */
@NullMarked
package io.timebridge.local.sim.http;

import org.jspecify.annotations.NullMarked;
