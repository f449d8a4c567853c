package io.timebridge.bench.takeover;

/**
 * Report: a worker has started.
 *
 * @param id that it has in the lease table
 */
record WorkerReady(String id) {}
