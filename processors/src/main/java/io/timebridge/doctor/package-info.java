/**
 * Looks at a deployment from outside, and says of each part whether it is well, and what puts it
 * right. Reads only.
 */
@NullMarked
package io.timebridge.doctor;

import org.jspecify.annotations.NullMarked;
