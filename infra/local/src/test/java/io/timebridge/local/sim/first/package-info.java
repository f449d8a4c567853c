/** Tests over real HTTP. */
@NullMarked
package io.timebridge.local.sim.first;

import org.jspecify.annotations.NullMarked;
