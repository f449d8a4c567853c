/**
 * Bugs that can be planted around a worker's parts, and the steps at which a worker can be struck:
 * what the runs with real processes and the simulated ones share. Nothing of it is in the product.
 */
@NullMarked
package io.timebridge.local.planted;

import org.jspecify.annotations.NullMarked;
