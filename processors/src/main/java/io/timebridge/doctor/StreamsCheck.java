package io.timebridge.doctor;

import io.timebridge.doctor.Finding.Warning;
import io.timebridge.doctor.Finding.Well;
import io.timebridge.doctor.Finding.Wrong;
import io.timebridge.stream.Names;
import io.timebridge.stream.StreamName;
import java.util.ArrayList;
import java.util.List;
import software.amazon.awssdk.services.kinesis.KinesisClient;
import software.amazon.awssdk.services.kinesis.model.ResourceNotFoundException;
import software.amazon.awssdk.services.kinesis.model.StreamDescriptionSummary;
import software.amazon.awssdk.services.kinesis.model.StreamStatus;

/** Each stream is there, at work, and keeps records as long as outages may last. */
final class StreamsCheck {
  private final KinesisClient kinesis;
  private final Names names;
  private final AwsCommand aws;

  StreamsCheck(KinesisClient kinesis, Names names, AwsCommand aws) {
    this.kinesis = kinesis;
    this.names = names;
    this.aws = aws;
  }

  List<Finding> look() {
    List<Finding> findings = new ArrayList<>();
    for (StreamName stream : StreamName.values()) {
      findings.add(look(names.stream(stream)));
    }
    return findings;
  }

  private Finding look(String name) {
    StreamDescriptionSummary stream;
    try {
      stream = kinesis.describeStreamSummary(r -> r.streamName(name)).streamDescriptionSummary();
    } catch (ResourceNotFoundException missing) {
      return new Wrong(
          name + " does not exist",
          aws.making(
              "kinesis",
              "create-stream --stream-name %s --stream-mode-details StreamMode=ON_DEMAND"
                  .formatted(name)));
    }
    // UPDATING is a stream at work: it is being resharded.
    if (stream.streamStatus() != StreamStatus.ACTIVE
        && stream.streamStatus() != StreamStatus.UPDATING) {
      return new Wrong(
          "%s is %s".formatted(name, stream.streamStatusAsString()),
          aws.of("kinesis", "wait stream-exists --stream-name " + name));
    }
    long wanted = StreamName.DEFAULT_RETENTION.toHours();
    if (stream.retentionPeriodHours() < wanted) {
      return new Warning(
          "%s keeps records for %d h: an outage that lasts longer loses some"
              .formatted(name, stream.retentionPeriodHours()),
          aws.of(
              "kinesis",
              "increase-stream-retention-period --stream-name %s --retention-period-hours %d"
                  .formatted(name, wanted)));
    }
    return new Well(
        "%s is %s, open shards: %d, keeps records for %d h"
            .formatted(
                name,
                stream.streamStatusAsString(),
                stream.openShardCount(),
                stream.retentionPeriodHours()));
  }
}
