package io.timebridge.bench.backlog;

import io.timebridge.bench.scenario.AwsAt;

/**
 * Order: consume a stream whose service is stalled.
 *
 * @param application its lease table's name as well
 * @param concurrency keys in flight
 * @param records in the stream, numbered as {@link Numbering} says
 * @param latencyMillis of the service once it answers
 * @param drainsWithinMillis waits for the last record no longer
 * @param endsAfterMillis the process ends then, whatever happens
 */
record WorkerOrder(
    AwsAt aws,
    String stream,
    String application,
    int concurrency,
    int records,
    int keys,
    long latencyMillis,
    long drainsWithinMillis,
    long endsAfterMillis) {}
