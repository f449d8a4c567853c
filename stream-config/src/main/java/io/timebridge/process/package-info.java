/**
 * What every process does alike: settings, start, one ready line, and a graceful end on a signal.
 */
@NullMarked
package io.timebridge.process;

import org.jspecify.annotations.NullMarked;
