@NullMarked
package io.timebridge.alerts;

import org.jspecify.annotations.NullMarked;
