/**
 * Which records may be applied: envelopes read and judged, and a quarantine for those that may not.
 */
@NullMarked
package io.timebridge.admission;

import org.jspecify.annotations.NullMarked;
