package io.timebridge.admission;

import io.timebridge.signature.WebhookSignatures;
import io.timebridge.stream.Envelope;
import java.util.Optional;

/** Says which readable records may be applied. */
@FunctionalInterface
public interface RecordGuard {
  /**
   * Judges an envelope; quick, and without waiting for anything.
   *
   * @return why it is refused, fit for a log; empty = it may be applied
   */
  Optional<String> refusal(Envelope envelope);

  /**
   * Refuses what claims to come from FirstService without its signature. The signature is judged as
   * of the time of receipt, so a record does not grow stale in the stream.
   */
  static RecordGuard signatures(WebhookSignatures signatures) {
    return envelope ->
        switch (envelope.source()) {
          case FIRST_SERVICE ->
              switch (signatures.check(
                  envelope.headers(), envelope.body(), envelope.receivedAt())) {
                case WebhookSignatures.Verdict.Valid valid -> Optional.empty();
                case WebhookSignatures.Verdict.Refused(String reason) -> Optional.of(reason);
              };
          case SECOND_SERVICE, TIMEBRIDGE -> Optional.empty();
        };
  }
}
