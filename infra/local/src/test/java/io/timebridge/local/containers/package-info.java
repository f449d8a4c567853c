/** The images, and the whole system in containers on a private network. */
@NullMarked
package io.timebridge.local.containers;

import org.jspecify.annotations.NullMarked;
