/** The timesheet rules' ports on DynamoDB. */
@NullMarked
package io.timebridge.timesheet.dynamodb;

import org.jspecify.annotations.NullMarked;
