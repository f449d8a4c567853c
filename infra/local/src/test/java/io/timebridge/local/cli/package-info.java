@NullMarked
package io.timebridge.local.cli;

import org.jspecify.annotations.NullMarked;
