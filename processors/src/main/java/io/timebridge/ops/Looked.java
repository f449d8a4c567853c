package io.timebridge.ops;

import java.time.Instant;

/** Something as it was at a time. */
record Looked<T>(T what, Instant at) {}
