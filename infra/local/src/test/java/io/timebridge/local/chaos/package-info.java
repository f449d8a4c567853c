@NullMarked
package io.timebridge.local.chaos;

import org.jspecify.annotations.NullMarked;
