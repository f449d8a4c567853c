/** What the tests of both simulators share. */
@NullMarked
package io.timebridge.local.sim;

import org.jspecify.annotations.NullMarked;
