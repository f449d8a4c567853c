@NullMarked
package io.timebridge.mapping;

import org.jspecify.annotations.NullMarked;
