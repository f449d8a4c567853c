/** What the scenarios of the benchmark share: options, progress, the AWS emulators. */
@NullMarked
package io.timebridge.bench.scenario;

import org.jspecify.annotations.NullMarked;
