package io.timebridge.bench.server;

import java.util.Map;

/** What holds the records; used by one thread. */
interface Store extends AutoCloseable {
  /** Where it listens, by what it is. */
  Map<String, String> addresses();

  /** Makes a stream or topic and puts all records into it, each key's in order. */
  void fill(Fill fill) throws Exception;

  /** Stops it; nothing of it is left. */
  @Override
  void close();
}
