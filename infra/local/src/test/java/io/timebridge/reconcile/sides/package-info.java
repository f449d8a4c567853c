@NullMarked
package io.timebridge.reconcile.sides;

import org.jspecify.annotations.NullMarked;
