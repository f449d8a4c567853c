/**
 * The two services as simulators, real HTTP servers on loopback, and the client that steers them.
 * They are the oracle of the whole product's tests, so they share no code with the product.
 */
@NullMarked
package io.timebridge.local.sim;

import org.jspecify.annotations.NullMarked;
