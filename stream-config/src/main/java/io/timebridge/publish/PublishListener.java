package io.timebridge.publish;

import io.timebridge.stream.StreamName;

/** Is told of what a publisher does, on its threads; must neither block nor throw. */
public interface PublishListener {
  PublishListener NONE =
      new PublishListener() {
        @Override
        public void sent(StreamName stream, int stored, int refused, int unanswered, long nanos) {}

        @Override
        public void ended(StreamName stream, Publisher.Outcome outcome, long nanos) {}
      };

  /**
   * One call of PutRecords is over.
   *
   * @param unanswered records of a call without a usable answer
   * @param nanos it took
   */
  void sent(StreamName stream, int stored, int refused, int unanswered, long nanos);

  /**
   * An event has been acknowledged or has failed in the end.
   *
   * @param nanos since it was handed over
   */
  void ended(StreamName stream, Publisher.Outcome outcome, long nanos);
}
