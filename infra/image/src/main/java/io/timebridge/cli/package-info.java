/** The command line of what is shipped. */
@NullMarked
package io.timebridge.cli;

import org.jspecify.annotations.NullMarked;
