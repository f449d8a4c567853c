/** What the HTTP servers of this system have in common. */
@NullMarked
package io.timebridge.http;

import org.jspecify.annotations.NullMarked;
