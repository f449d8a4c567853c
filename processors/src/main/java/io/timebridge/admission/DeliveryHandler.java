package io.timebridge.admission;

import io.timebridge.ordering.Folding;
import io.timebridge.ordering.Handler;
import io.timebridge.ordering.Outcome;
import io.timebridge.stream.StreamRecord;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands good records to the application's handler and bad ones to the quarantine; both in the
 * record's lane, so that either may take its time and is repeated until it is done. A bad record is
 * never folded.
 */
final class DeliveryHandler implements Handler<Delivery>, Folding<Delivery> {
  private static final Logger LOG = LoggerFactory.getLogger(DeliveryHandler.class);

  private final Handler<StreamRecord> handler;
  private final Folding<StreamRecord> folding;
  private final Quarantine quarantine;

  DeliveryHandler(
      Handler<StreamRecord> handler, Folding<StreamRecord> folding, Quarantine quarantine) {
    this.handler = handler;
    this.folding = folding;
    this.quarantine = quarantine;
  }

  @Override
  public Outcome handle(String key, List<Delivery> deliveries) throws InterruptedException {
    return switch (deliveries.getLast()) {
      case Delivery.Good good -> handler.handle(key, good(deliveries));
      case Delivery.Bad bad -> {
        quarantine.quarantine(bad.at(), bad.reason(), bad.detail(), bad.data());
        LOG.warn(
            "quarantined: stream={} shard={} sequence={} reason={} detail={}",
            bad.at().stream().streamName(),
            bad.at().shard(),
            bad.at().sequence(),
            bad.reason(),
            bad.detail());
        yield new Outcome.Parked("quarantined: " + bad.reason());
      }
    };
  }

  @Override
  public int leading(List<Delivery> waiting) {
    List<StreamRecord> records = good(waiting);
    return records.size() < 2 ? 1 : folding.leading(records);
  }

  /** The good ones before the first bad one. */
  private static List<StreamRecord> good(List<Delivery> deliveries) {
    List<StreamRecord> records = new ArrayList<>(deliveries.size());
    for (Delivery delivery : deliveries) {
      if (!(delivery instanceof Delivery.Good(StreamRecord record))) {
        break;
      }
      records.add(record);
    }
    return records;
  }
}
