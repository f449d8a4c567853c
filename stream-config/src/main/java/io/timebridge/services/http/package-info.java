/**
 * Calls over HTTP as both services need them: bounded, timed, and with an exact answer to the
 * question whether a call that failed may have been done. The door is {@link
 * io.timebridge.services.http.ServiceHttp}.
 */
@NullMarked
package io.timebridge.services.http;

import org.jspecify.annotations.NullMarked;
