@NullMarked
package io.timebridge.failure;

import org.jspecify.annotations.NullMarked;
