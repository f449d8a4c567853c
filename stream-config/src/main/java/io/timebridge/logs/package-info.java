/**
 * How a process writes its log: lines for people, or one JSON object per line. {@link
 * io.timebridge.logs.Logs} is the door.
 */
@NullMarked
package io.timebridge.logs;

import org.jspecify.annotations.NullMarked;
