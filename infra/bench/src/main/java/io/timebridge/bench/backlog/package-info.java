/** {@code bench backlog}: a stream that fills up behind a stalled service, and drains. */
@NullMarked
package io.timebridge.bench.backlog;

import org.jspecify.annotations.NullMarked;
