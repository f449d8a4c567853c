@NullMarked
package io.timebridge.local;

import org.jspecify.annotations.NullMarked;
