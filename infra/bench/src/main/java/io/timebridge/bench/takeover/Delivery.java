package io.timebridge.bench.takeover;

/**
 * One record as a worker got it; what is delivered again has another id.
 *
 * @param worker that got it
 * @param shard it came from
 * @param number of the record within its key, from 1
 * @param id unique within the worker
 */
record Delivery(String worker, String shard, int key, int number, long id) {}
