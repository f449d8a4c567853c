@NullMarked
package io.timebridge.worker;

import org.jspecify.annotations.NullMarked;
