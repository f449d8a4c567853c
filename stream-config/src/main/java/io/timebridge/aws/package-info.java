/**
 * Clients of AWS, made the same way in every process; and the parameters that settings may come
 * from.
 */
@NullMarked
package io.timebridge.aws;

import org.jspecify.annotations.NullMarked;
