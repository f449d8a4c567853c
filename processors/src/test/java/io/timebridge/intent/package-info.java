@NullMarked
package io.timebridge.intent;

import org.jspecify.annotations.NullMarked;
