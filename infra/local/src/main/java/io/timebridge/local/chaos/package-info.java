/**
 * Runs of the whole system in which real worker processes are killed and frozen at named steps, and
 * answers are dropped or come late. The controller hosts everything but the workers; it judges by
 * the two services' ledgers and nothing else.
 */
@NullMarked
package io.timebridge.local.chaos;

import org.jspecify.annotations.NullMarked;
