/**
 * An in-process Amazon Kinesis for one machine: streams, shards and records in memory, behind the
 * real service's JSON protocol on loopback. {@link io.timebridge.local.kinesis.LocalKinesis} is the
 * door; nothing else is public.
 */
@NullMarked
package io.timebridge.local.kinesis;

import org.jspecify.annotations.NullMarked;
