@NullMarked
package io.timebridge.reconcile;

import org.jspecify.annotations.NullMarked;
