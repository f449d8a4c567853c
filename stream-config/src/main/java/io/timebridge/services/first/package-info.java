/** FirstService, where people track time: the port, what it answers, and its HTTP client. */
@NullMarked
package io.timebridge.services.first;

import org.jspecify.annotations.NullMarked;
