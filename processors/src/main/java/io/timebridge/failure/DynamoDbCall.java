package io.timebridge.failure;

import java.util.function.Supplier;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;

/** Calls DynamoDB and says what went wrong in this system's words. */
public final class DynamoDbCall {
  private DynamoDbCall() {}

  /**
   * Makes the call. A failed condition is no trouble and passes through.
   *
   * @param what operation and table, for the message
   * @throws ConditionalCheckFailedException if the call had a condition and it did not hold
   * @throws StoreTrouble for every other error of the SDK or of DynamoDB
   * @throws InterruptedException if the thread was interrupted during the call
   */
  public static <T> T run(String what, Supplier<T> call) throws StoreTrouble, InterruptedException {
    try {
      return call.get();
    } catch (ConditionalCheckFailedException failed) {
      throw failed;
    } catch (AbortedException aborted) {
      InterruptedException interrupted = new InterruptedException("interrupted during " + what);
      interrupted.initCause(aborted);
      throw interrupted;
    } catch (SdkException e) {
      throw new StoreTrouble(what + ": " + e.getMessage(), e);
    }
  }
}
