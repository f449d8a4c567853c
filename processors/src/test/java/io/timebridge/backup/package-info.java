@NullMarked
package io.timebridge.backup;

import org.jspecify.annotations.NullMarked;
