@NullMarked
package io.timebridge.deadletters;

import org.jspecify.annotations.NullMarked;
