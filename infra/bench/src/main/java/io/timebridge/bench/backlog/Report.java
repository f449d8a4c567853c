package io.timebridge.bench.backlog;

/**
 * Report: how it stands with a worker.
 *
 * @param judge of the records
 * @param checkpoints written
 * @param peaks since its start
 * @param seconds since the service answers again, or 0 before that
 */
record Report(BacklogJudge.Seen judge, long checkpoints, Peaks.Seen peaks, double seconds) {}
