/** Child JVMs that hold the records: the AWS emulators, and Kafka. */
@NullMarked
package io.timebridge.bench.server;

import org.jspecify.annotations.NullMarked;
