/**
 * {@code ./timebridge bench}: what the key lanes are worth beside two peers. The parent process
 * orchestrates; every system, the AWS emulators and Kafka have a JVM of their own.
 */
@NullMarked
package io.timebridge.bench;

import org.jspecify.annotations.NullMarked;
