/**
 * {@code bench takeover}: workers that split and merge shards, die and are replaced, judged by the
 * service they call.
 */
@NullMarked
package io.timebridge.bench.takeover;

import org.jspecify.annotations.NullMarked;
