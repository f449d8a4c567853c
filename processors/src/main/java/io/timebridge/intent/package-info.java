/**
 * What every changing call framed by an intent needs, whatever the service: how long it may be
 * sent, and how long an intent that is not one's own is waited for.
 */
@NullMarked
package io.timebridge.intent;

import org.jspecify.annotations.NullMarked;
