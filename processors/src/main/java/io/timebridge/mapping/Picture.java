package io.timebridge.mapping;

import java.util.Map;
import java.util.Set;
import java.util.SortedMap;

/**
 * What both services and the table have, as it was looked at.
 *
 * @param uses entries per label that names their task
 * @param excluded parent labels that never name a task, nor do those below them
 */
record Picture(
    LabelTree labels,
    SortedMap<Long, Mapping> mappings,
    Map<Long, Long> uses,
    Tasks tasks,
    Set<Long> excluded) {

  /**
   * The tasks of the open jobs.
   *
   * @param byName their names as they are matched, with the first spelling of each
   * @param complete whether every open job was looked at, and there was one
   */
  record Tasks(Map<String, String> byName, Set<Long> ids, boolean complete) {}

  long uses(long labelId) {
    return uses.getOrDefault(labelId, 0L);
  }
}
