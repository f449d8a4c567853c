@NullMarked
package io.timebridge.story;

import org.jspecify.annotations.NullMarked;
