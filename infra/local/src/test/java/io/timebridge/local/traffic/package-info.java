@NullMarked
package io.timebridge.local.traffic;

import org.jspecify.annotations.NullMarked;
