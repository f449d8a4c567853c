package io.timebridge.local.chaos;

import io.timebridge.ingest.poller.JobStore;
import io.timebridge.ingest.poller.Known;
import io.timebridge.local.planted.Step;
import io.timebridge.publish.Publisher;
import io.timebridge.services.second.SecondService;
import io.timebridge.stream.Envelope;
import io.timebridge.stream.StreamName;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** The steps of a poller's look. */
final class SteppedPolls {
  private SteppedPolls() {}

  /**
   * SecondService with the step at which both lists are there.
   *
   * @param looked told then, before the step
   */
  static SecondService listed(SecondService second, Steps steps, Runnable looked) {
    return AfterCalls.around(
        SecondService.class,
        second,
        (method, arguments, answer) -> {
          if (method.equals("openJobs")) { // the second of the two lists
            looked.run();
            steps.reached(Step.POLL_LISTED, Service.FIRST, Steps.UNKNOWN, Steps.UNKNOWN);
          }
          return answer;
        });
  }

  /** The table of jobs with the steps at which a row has been announced or stored. */
  static JobStore stored(JobStore store, Steps steps) {
    return AfterCalls.around(
        JobStore.class,
        store,
        (method, arguments, answer) -> {
          boolean written = Boolean.TRUE.equals(answer); // else a newer epoch was there
          if (written && arguments[0] instanceof Known row) {
            Step step = method.equals("announce") ? Step.POLL_ANNOUNCED : Step.POLL_REMEMBERED;
            steps.reached(step, Service.FIRST, Steps.UNKNOWN, row.key());
          }
          return answer;
        });
  }

  /** A publisher with the step at which an event is on the stream. */
  record Published(Publisher publisher, Steps steps) implements Publisher {
    @Override
    public CompletableFuture<Outcome> submit(
        StreamName stream, Envelope envelope, Duration within) {
      return publisher
          .submit(stream, envelope, within)
          .thenApplyAsync( // whoever is held must not hold up other events
              outcome -> {
                if (outcome instanceof Outcome.Acknowledged) {
                  steps.reached(Step.POLL_PUBLISHED, Service.FIRST, Steps.UNKNOWN, envelope.key());
                }
                return outcome;
              },
              Thread.ofVirtual()::start);
    }

    @Override
    public boolean reachable() {
      return publisher.reachable();
    }

    @Override
    public void close() {
      publisher.close();
    }
  }
}
