/**
 * The whole system in one process: AWS, both services, gateway, workers, poller, with settings that
 * fit together.
 */
@NullMarked
package io.timebridge.local.system;

import org.jspecify.annotations.NullMarked;
