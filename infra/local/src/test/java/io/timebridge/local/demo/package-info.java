@NullMarked
package io.timebridge.local.demo;

import org.jspecify.annotations.NullMarked;
