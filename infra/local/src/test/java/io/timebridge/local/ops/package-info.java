@NullMarked
package io.timebridge.local.ops;

import org.jspecify.annotations.NullMarked;
