package io.timebridge.timesheet.kinesis;

import io.timebridge.stream.EntryId;
import io.timebridge.stream.Envelope;
import io.timebridge.stream.EnvelopeCodec;
import io.timebridge.stream.Names;
import io.timebridge.stream.StreamName;
import io.timebridge.timesheet.EntryStore.Unavailable;
import io.timebridge.timesheet.Place;
import io.timebridge.timesheet.VerifyEvent;
import io.timebridge.timesheet.VerifyRequests;
import java.time.InstantSource;
import java.util.Collection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.kinesis.KinesisClient;

/**
 * Puts verify events onto the timesheet stream, where they are handled in order with the entry's
 * own events. Thread-safe.
 */
public final class KinesisVerifyRequests implements VerifyRequests {
  private static final Logger LOG = LoggerFactory.getLogger(KinesisVerifyRequests.class);

  private final KinesisClient kinesis;
  private final String stream;
  private final InstantSource clock;

  public KinesisVerifyRequests(KinesisClient kinesis, Names names, InstantSource clock) {
    this.kinesis = kinesis;
    this.stream = names.stream(StreamName.TIMESHEET_EVENTS);
    this.clock = clock;
  }

  @Override
  public void request(EntryId id, Collection<Place> places, String why) throws Unavailable {
    Envelope envelope = VerifyEvent.of(id, places, false, clock.instant());
    try {
      kinesis.putRecord(r ->
          r.streamName(stream)
              .partitionKey(id.key())
              .data(SdkBytes.fromByteArray(EnvelopeCodec.encode(envelope))));
      LOG.info("entry={} to be verified: {}", id, why);
    } catch (SdkException trouble) {
      throw new Unavailable("Kinesis did not take the verify event of entry " + id, trouble);
    }
  }
}
