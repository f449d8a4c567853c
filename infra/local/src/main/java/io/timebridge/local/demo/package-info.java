/**
 * The demo: people track time, the system carries it over, and the ledgers of both services are
 * compared.
 */
@NullMarked
package io.timebridge.local.demo;

import org.jspecify.annotations.NullMarked;
