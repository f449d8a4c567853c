/**
 * Copies of every entry as FirstService sent it, and tombstones of the deleted ones. Independent of
 * SecondService: copies are kept whatever becomes of the timesheets.
 */
@NullMarked
package io.timebridge.backup;

import org.jspecify.annotations.NullMarked;
