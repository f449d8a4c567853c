package io.timebridge.ops;

import io.timebridge.lag.ShardLine;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A page of the shards, worst first, as the template shows it.
 *
 * @param apps those there are
 * @param at of the look; empty before the first
 */
public record ShardList(
    List<Line> rows,
    Pager pager,
    Filter filter,
    List<String> apps,
    Optional<Instant> at,
    String trouble) {
  /** A shard as an application sees it. */
  public record Line(String app, ShardLine shard) {}

  /** What the person wants to see; empty texts mean everything. */
  public record Filter(String app, String state) {
    boolean matches(Line line) {
      return (app.isEmpty() || line.app().equals(app))
          && (state.isEmpty() || line.shard().state().name().equals(state));
    }
  }
}
