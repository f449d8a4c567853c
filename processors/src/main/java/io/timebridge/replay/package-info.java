/**
 * "Do it again from there": reads what a stream, or the backup, holds of a window and puts it on
 * the stream once more, in its order, where the same workers handle it by the same rules. Never
 * writes past them. Its door is {@link io.timebridge.replay.Replay}.
 */
@NullMarked
package io.timebridge.replay;

import org.jspecify.annotations.NullMarked;
