/** What is measured inside a child JVM, and how: the same for every system. */
@NullMarked
package io.timebridge.bench.measure;

import org.jspecify.annotations.NullMarked;
