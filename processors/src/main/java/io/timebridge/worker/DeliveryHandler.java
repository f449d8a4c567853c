package io.timebridge.worker;

import io.timebridge.ordering.Handler;
import io.timebridge.ordering.Outcome;
import io.timebridge.ordering.StreamRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands good records to the application's handler and bad ones to the quarantine; both in the
 * record's lane, so that either may take its time and is repeated until it is done.
 */
final class DeliveryHandler implements Handler<Delivery> {
  private static final Logger LOG = LoggerFactory.getLogger(DeliveryHandler.class);

  private final Handler<StreamRecord> handler;
  private final Quarantine quarantine;

  DeliveryHandler(Handler<StreamRecord> handler, Quarantine quarantine) {
    this.handler = handler;
    this.quarantine = quarantine;
  }

  @Override
  public Outcome handle(Delivery delivery) throws InterruptedException {
    return switch (delivery) {
      case Delivery.Good(StreamRecord record) -> handler.handle(record);
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
}
