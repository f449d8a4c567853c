/**
 * What happens to events that cannot go on: where they are kept, in order, until somebody or
 * something lets them go on.
 */
@NullMarked
package io.timebridge.failure;

import org.jspecify.annotations.NullMarked;
