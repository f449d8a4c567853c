@NullMarked
package io.timebridge.turn;

import org.jspecify.annotations.NullMarked;
