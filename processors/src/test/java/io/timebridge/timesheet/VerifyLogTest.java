package io.timebridge.timesheet;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.timebridge.stream.EntryId;
import io.timebridge.stream.Names;
import io.timebridge.timesheet.kinesis.KinesisVerifyRequests;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.kinesis.KinesisClient;
import software.amazon.awssdk.services.kinesis.model.PutRecordRequest;
import software.amazon.awssdk.services.kinesis.model.PutRecordResponse;

/** What the log says of entries that are to be verified. */
class VerifyLogTest {
  private static final EntryId ID = new EntryId(77);

  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
  private final Logger log = (Logger) LoggerFactory.getLogger("io.timebridge.timesheet");
  private final List<String> keys = new ArrayList<>();
  private final KinesisVerifyRequests requests =
      new KinesisVerifyRequests(new Stream(), new Names("p-"), () -> Instant.EPOCH);

  /** Takes every record. */
  private final class Stream implements KinesisClient {
    @Override
    public PutRecordResponse putRecord(Consumer<PutRecordRequest.Builder> record) {
      PutRecordRequest.Builder request = PutRecordRequest.builder();
      record.accept(request);
      keys.add(request.build().partitionKey());
      return PutRecordResponse.builder().build();
    }

    @Override
    public String serviceName() {
      return SERVICE_NAME;
    }

    @Override
    public void close() {}
  }

  @BeforeEach
  void listen() {
    lines.start();
    log.addAppender(lines);
  }

  @AfterEach
  void leave() {
    log.detachAppender(lines);
  }

  @Test
  void a_repair_that_was_asked_for_warns_of_nothing() throws Exception {
    requests.request(ID, Set.of(), "MISSING");
    assertThat(keys).containsExactly("77");
    assertThat(lines.list).extracting(ILoggingEvent::getLevel).containsExactly(Level.INFO);
  }

  @Test
  void a_doubt_of_the_worker_is_warned_of_once() {
    try (OwedVerifies owed = new OwedVerifies(requests, () -> 0, time -> {}, Runnable::run)) {
      owed.owe(ID, Set.of(), "a call ended after its intent was taken over", Duration.ZERO);
    }
    assertThat(keys).containsExactly("77");
    assertThat(lines.list)
        .filteredOn(line -> line.getLevel().isGreaterOrEqual(Level.WARN))
        .extracting(ILoggingEvent::getFormattedMessage)
        .containsExactly(
            "entry=77 has to be verified: a call ended after its intent was taken over");
  }
}
