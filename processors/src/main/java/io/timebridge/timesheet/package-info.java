/**
 * The rules First -> Second: what an entry event means for the entry's row and its timesheet, and
 * the one order of steps in which it is done. Pure where it can be; the row, both services and the
 * clock come in through ports. Knows no AWS, HTTP or KCL.
 */
@NullMarked
package io.timebridge.timesheet;

import org.jspecify.annotations.NullMarked;
