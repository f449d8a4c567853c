/** Tests over real HTTP. */
@NullMarked
package io.timebridge.local.sim.second;

import org.jspecify.annotations.NullMarked;
