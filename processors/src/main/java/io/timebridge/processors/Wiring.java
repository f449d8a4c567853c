package io.timebridge.processors;

import io.timebridge.jobs.JobStates;
import io.timebridge.ordering.Handler;
import io.timebridge.services.first.FirstService;
import io.timebridge.services.second.SecondService;
import io.timebridge.stream.StreamName;
import io.timebridge.stream.StreamRecord;
import io.timebridge.timesheet.EntryStore;
import io.timebridge.worker.CheckpointListener;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * What may be put around the parts of a worker before they are used, so that a test sees and spoils
 * every step from outside and the product holds no hook of its own. Called once per part, while the
 * worker starts.
 *
 * @param second is also put around the views of {@link SecondService#sendingOnlyWhile}, if it says
 *     so itself
 * @param handler around the whole handling of one stream's records
 * @param checkpoints told of every checkpoint
 */
public record Wiring(
    UnaryOperator<FirstService> first,
    UnaryOperator<SecondService> second,
    UnaryOperator<EntryStore> entries,
    UnaryOperator<JobStates> jobs,
    Around handler,
    Function<StreamName, CheckpointListener> checkpoints) {

  /** Puts something around the handler of a stream. */
  @FunctionalInterface
  public interface Around {
    Handler<StreamRecord> put(StreamName stream, Handler<StreamRecord> handler);
  }

  /** Nothing around anything. */
  public static Wiring plain() {
    return new Wiring(
        UnaryOperator.identity(),
        UnaryOperator.identity(),
        UnaryOperator.identity(),
        UnaryOperator.identity(),
        (stream, handler) -> handler,
        stream -> CheckpointListener.NONE);
  }
}
