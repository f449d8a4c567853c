/**
 * What waits and what is dead, for people: found, shown, tried again, given up, and told of. Knows
 * the tables; the rules of an entry stay in {@code timesheet}.
 */
@NullMarked
package io.timebridge.deadletters;

import org.jspecify.annotations.NullMarked;
