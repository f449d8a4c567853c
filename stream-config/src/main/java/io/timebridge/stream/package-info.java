/**
 * The contract between everything that publishes and everything that consumes: streams, tables,
 * queues, the envelope, ordering keys and the shape of webhook bodies. Knows neither settings nor
 * services, so both sides can depend on it and on nothing else.
 */
@NullMarked
package io.timebridge.stream;

import org.jspecify.annotations.NullMarked;
