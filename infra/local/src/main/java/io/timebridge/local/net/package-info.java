/** Where the local servers listen. */
@NullMarked
package io.timebridge.local.net;

import org.jspecify.annotations.NullMarked;
