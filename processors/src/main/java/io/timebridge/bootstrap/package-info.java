/**
 * What a new deployment needs once: the first login, the six webhooks, and a look at what both
 * services have in common already. Every step can be repeated.
 */
@NullMarked
package io.timebridge.bootstrap;

import org.jspecify.annotations.NullMarked;
