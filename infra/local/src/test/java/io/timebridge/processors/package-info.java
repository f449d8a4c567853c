@NullMarked
package io.timebridge.processors;

import org.jspecify.annotations.NullMarked;
