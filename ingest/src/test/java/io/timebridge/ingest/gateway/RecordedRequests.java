package io.timebridge.ingest.gateway;

import io.timebridge.services.gate.CallWatch;
import io.timebridge.tracing.Tracing;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** Remembers which requests were traced, by what they came with. */
final class RecordedRequests implements Tracing {
  final List<String> parents = new CopyOnWriteArrayList<>();

  @Override
  public Piece request(String name, @Nullable String parent) {
    parents.add(String.valueOf(parent));
    return OFF.request(name, parent);
  }

  @Override
  public Piece events(
      String name, @Nullable String parent, List<String> carried, String key, String sequence) {
    return OFF.events(name, parent, carried, key, sequence);
  }

  @Override
  public CallWatch calls(String service) {
    return OFF.calls(service);
  }

  @Override
  public void close() {}
}
