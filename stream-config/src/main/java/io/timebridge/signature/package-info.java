/**
 * Signatures of webhooks: checked at the gateway's door and again by every worker, made by whoever
 * sends.
 */
@NullMarked
package io.timebridge.signature;

import org.jspecify.annotations.NullMarked;
