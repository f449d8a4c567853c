/**
 * Which label of FirstService stands for which task of SecondService, for people: read, written,
 * carried in a file, and compared with what both services have. What an entry is booked on stays in
 * {@code timesheet}.
 */
@NullMarked
package io.timebridge.mapping;

import org.jspecify.annotations.NullMarked;
