/** The entry rows' two stores, held to one contract; and many appliers on one entry. */
@org.jspecify.annotations.NullMarked
package io.timebridge.timesheet;
