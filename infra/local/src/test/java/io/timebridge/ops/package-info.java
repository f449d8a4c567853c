@NullMarked
package io.timebridge.ops;

import org.jspecify.annotations.NullMarked;
