/**
 * SecondService, where the admin team reports and quotes: the port, what it answers, and its
 * session-based HTTP client.
 */
@NullMarked
package io.timebridge.services.second;

import org.jspecify.annotations.NullMarked;
