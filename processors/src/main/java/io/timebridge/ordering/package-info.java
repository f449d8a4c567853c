/**
 * Per-key order with many keys at once: lanes, the frontier below which everything is finished, and
 * the outcomes of a handler. Knows no AWS, HTTP or KCL.
 */
@NullMarked
package io.timebridge.ordering;

import org.jspecify.annotations.NullMarked;
