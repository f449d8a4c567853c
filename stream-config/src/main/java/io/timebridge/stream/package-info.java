@NullMarked
package io.timebridge.stream;

import org.jspecify.annotations.NullMarked;
