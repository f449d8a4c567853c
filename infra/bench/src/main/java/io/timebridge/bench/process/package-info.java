/** Child JVMs and the line between them and their parent: one JSON order or report a line. */
@NullMarked
package io.timebridge.bench.process;

import org.jspecify.annotations.NullMarked;
