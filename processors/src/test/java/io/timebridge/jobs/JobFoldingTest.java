package io.timebridge.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.timebridge.stream.Envelope;
import io.timebridge.stream.JobEvent;
import io.timebridge.stream.Replayed;
import io.timebridge.stream.Route;
import io.timebridge.stream.StreamRecord;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class JobFoldingTest {
  private final JobFolding folding = new JobFolding();
  private long seq;

  private StreamRecord record(Envelope.Source source, byte[] body) {
    Envelope envelope =
        new Envelope(
            "id-" + seq, source, Route.JOB_CHANGE, "job-7", Instant.EPOCH, Map.of(), body, null);
    return new StreamRecord("shard-0", BigInteger.valueOf(seq++), envelope);
  }

  private StreamRecord job(long epoch, long id, String change, boolean open) {
    JobEvent event =
        new JobEvent.Job(change, epoch, id, "J-" + id, "Site " + seq, 3, "C", "Acme", open);
    return record(Envelope.Source.SECOND_SERVICE, event.encode());
  }

  private int leading(StreamRecord... waiting) {
    return folding.leading(List.of(waiting));
  }

  @Test
  void folds_the_states_of_a_job_into_the_newest_closed_or_open() {
    assertThat(
            leading(
                job(1, 7, "created", true),
                job(1, 7, "renamed", true),
                job(2, 7, "closed", false),
                job(2, 7, "reopened", true)))
        .isEqualTo(4);
  }

  @Test
  void does_not_fold_into_an_event_of_an_older_poller() {
    assertThat(leading(job(2, 7, "renamed", true), job(1, 7, "closed", false))).isEqualTo(1);
  }

  @Test
  void does_not_fold_into_an_earlier_event_that_a_replay_published_again() {
    StreamRecord earlier = job(1, 7, "renamed", true);
    StreamRecord newer = job(1, 7, "closed", false);
    StreamRecord again =
        new StreamRecord(
            "shard-0",
            BigInteger.valueOf(seq++),
            new Replayed("r", Optional.of(earlier.sequence())).mark(earlier.envelope()));
    assertThat(leading(newer, again)).isEqualTo(1);
    assertThat(leading(again, newer)).isEqualTo(2);
  }

  @Test
  void leaves_alone_what_is_not_the_pollers_not_readable_or_of_another_job() {
    StreamRecord good = job(1, 7, "renamed", true);
    StreamRecord broken =
        record(Envelope.Source.SECOND_SERVICE, "{}".getBytes(StandardCharsets.UTF_8));
    StreamRecord forged = record(Envelope.Source.FIRST_SERVICE, good.envelope().body());
    for (StreamRecord bad : List.of(broken, forged, job(1, 8, "renamed", true))) {
      assertThat(leading(good, bad, good)).isEqualTo(1);
      assertThat(leading(bad, good)).isEqualTo(1);
    }
  }
}
