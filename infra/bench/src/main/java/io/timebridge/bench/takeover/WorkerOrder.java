package io.timebridge.bench.takeover;

import io.timebridge.bench.scenario.AwsAt;

/**
 * Order: consume a stream and have its records carried out.
 *
 * @param application its lease table's name as well
 * @param ledgerPort on loopback
 * @param concurrency keys in flight
 * @param plant a {@link Plant}
 * @param endsAfterMillis the process ends then, whatever happens
 */
record WorkerOrder(
    AwsAt aws,
    String stream,
    String application,
    int ledgerPort,
    int concurrency,
    String plant,
    long endsAfterMillis) {}
