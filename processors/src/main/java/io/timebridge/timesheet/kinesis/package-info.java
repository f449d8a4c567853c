/** The timesheet rules' ports on Kinesis. */
@NullMarked
package io.timebridge.timesheet.kinesis;

import org.jspecify.annotations.NullMarked;
