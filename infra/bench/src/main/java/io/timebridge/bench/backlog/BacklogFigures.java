package io.timebridge.bench.backlog;

import io.timebridge.bench.scenario.Numbers;
import java.util.ArrayList;
import java.util.List;

/**
 * What a run showed.
 *
 * @param fillSeconds putting all records took
 * @param stalled at the end of the stall
 * @param leasesMoved shards whose checkpoint in the lease table had moved by then
 * @param drained when all records were done, or the time was over
 */
record BacklogFigures(
    BacklogOrder order, double fillSeconds, Report stalled, long leasesMoved, Report drained) {

  long lost() {
    return (long) order.records() - drained.judge().finished();
  }

  /** Records done per second while draining. */
  double rate() {
    return Numbers.rounded(drained.judge().finished() / Math.max(1e-3, drained.seconds()), 1);
  }

  /** The promises that were not kept, for people; empty = all held. */
  List<String> broken() {
    List<String> broken = new ArrayList<>();
    none(broken, stalled.judge().finished(), "records finished while the service was stalled");
    none(broken, stalled.checkpoints(), "checkpoints written while nothing was finished");
    none(broken, leasesMoved, "shards whose checkpoint moved while nothing was finished");
    none(
        broken, lost(), "records not done within %d s".formatted(order.drainsWithin().toSeconds()));
    none(broken, drained.judge().violations(), "order violations");
    none(broken, drained.judge().strangers(), "records that nobody put");
    return broken;
  }

  private static void none(List<String> broken, long count, String what) {
    if (count != 0) {
      broken.add(count + " " + what);
    }
  }
}
