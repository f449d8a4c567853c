/**
 * The AWS services of a machine without AWS, Kinesis apart: DynamoDB, SQS, SNS, SSM Parameter Store
 * and a sink for CloudWatch, all inside one process and on 127.0.0.1 only. {@link
 * io.timebridge.local.aws.LocalAws} is the door; nothing shipped depends on this room.
 */
@NullMarked
package io.timebridge.local.aws;

import org.jspecify.annotations.NullMarked;
