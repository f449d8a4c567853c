/** The command line: every command there is, each from the module that it belongs to. */
@NullMarked
package io.timebridge.local.cli;

import org.jspecify.annotations.NullMarked;
