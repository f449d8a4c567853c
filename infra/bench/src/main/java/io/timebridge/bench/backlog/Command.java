package io.timebridge.bench.backlog;

/** Order to a worker that runs. */
enum Command {
  /** Say how it stands. */
  LOOK,
  /** The service answers again; say how it stands when all records are done. */
  OPEN
}
