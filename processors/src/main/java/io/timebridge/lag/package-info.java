/**
 * Are we behind, and why: the picture of what is consumed and how it is judged. Its door is {@link
 * io.timebridge.lag.LagReport}; nothing here asks anybody, {@code io.timebridge.lag.aws} does.
 */
@NullMarked
package io.timebridge.lag;

import org.jspecify.annotations.NullMarked;
