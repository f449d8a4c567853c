package io.timebridge.bench.takeover;

/** An effect that the service carried out. */
record Carried(String worker, int key, int number) {}
