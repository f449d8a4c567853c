@NullMarked
package io.timebridge.replay;

import org.jspecify.annotations.NullMarked;
