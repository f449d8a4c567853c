@NullMarked
package io.timebridge.bootstrap;

import org.jspecify.annotations.NullMarked;
