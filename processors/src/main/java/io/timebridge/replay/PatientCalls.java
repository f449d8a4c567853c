package io.timebridge.replay;

import io.timebridge.failure.StoreTrouble;
import java.time.Duration;
import java.util.function.Supplier;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.exception.SdkServiceException;
import software.amazon.awssdk.services.kinesis.model.ExpiredIteratorException;
import software.amazon.awssdk.services.kinesis.model.LimitExceededException;

/**
 * Calls of Kinesis by a client that makes each once, and the waits between them: whoever waits says
 * every second that it is still there. What others take is waited for as long as they do; other
 * trouble that may pass, {@value #TRIES} times. Used by one thread.
 */
final class PatientCalls {
  static final int TRIES = 5;

  private static final Duration AGAIN_AFTER = Duration.ofSeconds(1);

  /** Told about once a second while nothing comes. */
  @FunctionalInterface
  interface Meanwhile {
    void still() throws StoreTrouble, ReplayStopped, InterruptedException;
  }

  private final String stream;
  private final Sleeper sleeper;
  private final Meanwhile meanwhile;

  PatientCalls(String stream, Sleeper sleeper, Meanwhile meanwhile) {
    this.stream = stream;
    this.sleeper = sleeper;
    this.meanwhile = meanwhile;
  }

  /**
   * Makes a call, a second after a refusal once more.
   *
   * @throws ExpiredIteratorException the iterator has grown too old while others were waited for
   */
  <T> T make(Supplier<T> call) throws StoreTrouble, ReplayStopped, InterruptedException {
    int failed = 0;
    while (true) {
      try {
        return call.get();
      } catch (ExpiredIteratorException tooOld) {
        throw tooOld;
      } catch (AbortedException aborted) {
        InterruptedException interrupted =
            new InterruptedException("interrupted reading " + stream);
        interrupted.initCause(aborted);
        throw interrupted;
      } catch (SdkException trouble) {
        if (!isThrottled(trouble) && (!mayPass(trouble) || ++failed == TRIES)) {
          throw new StoreTrouble("reading " + stream + ": " + trouble.getMessage(), trouble);
        }
      }
      pause(AGAIN_AFTER);
    }
  }

  private static boolean isThrottled(SdkException trouble) {
    return trouble instanceof LimitExceededException
        || (trouble instanceof SdkServiceException refused && refused.isThrottlingException());
  }

  /** Not what Kinesis has understood and refuses. */
  private static boolean mayPass(SdkException trouble) {
    return !(trouble instanceof SdkServiceException refused) || refused.statusCode() >= 500;
  }

  /** Waits. */
  void pause(Duration time) throws StoreTrouble, ReplayStopped, InterruptedException {
    Duration left = time;
    while (left.isPositive()) {
      Duration slice = left.compareTo(AGAIN_AFTER) < 0 ? left : AGAIN_AFTER;
      sleeper.sleep(slice);
      left = left.minus(slice);
      meanwhile.still();
    }
  }
}
