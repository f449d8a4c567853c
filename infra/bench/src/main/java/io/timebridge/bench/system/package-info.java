/** Child JVMs that are measured: Timebridge's lanes, plain KCL, Confluent's parallel-consumer. */
@NullMarked
package io.timebridge.bench.system;

import org.jspecify.annotations.NullMarked;
