package io.timebridge.processors;

import io.timebridge.jobs.JobApplier;
import io.timebridge.jobs.LabelWatch;
import java.time.Duration;
import java.util.List;

/** Has a worker look after the labels of its jobs' projects, until it is stopped. */
final class Labels {
  /** Between two looks; one that finds nothing due calls nobody. */
  private static final Duration PAUSE = Duration.ofSeconds(2);

  private final LabelWatch watch;
  private final Repeated looks;

  Labels(LabelWatch watch, JobApplier applier) {
    this.watch = watch;
    this.looks =
        new Repeated(
            "labels",
            PAUSE,
            () -> {
              if (watch.isDue()) {
                watch.look(applier);
              }
            });
  }

  void start() {
    looks.start();
  }

  void stop() {
    Retries.stopEach(List.of(looks::stop, watch::stop));
  }
}
