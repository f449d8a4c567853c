package io.timebridge.doctor;

import io.timebridge.deadletters.DeadLetters;
import io.timebridge.deadletters.DeadLetters.Listing;
import io.timebridge.deadletters.ReasonFilter;
import io.timebridge.deadletters.WaitingKey;
import io.timebridge.deadletters.WaitingKey.Kind;
import io.timebridge.deadletters.WaitingKey.State;
import io.timebridge.doctor.Finding.Warning;
import io.timebridge.doctor.Finding.Well;
import io.timebridge.doctor.Finding.Wrong;
import io.timebridge.failure.StoreTrouble;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** How many keys wait, and of how many nothing is tried again. Holds a bounded number of them. */
final class WaitingCheck {
  private static final int MOST = 5000;
  private static final String LIST = "./timebridge dlq list";

  private final DeadLetters deadLetters;

  WaitingCheck(DeadLetters deadLetters) {
    this.deadLetters = deadLetters;
  }

  List<Finding> look() throws StoreTrouble, InterruptedException {
    Listing listing = deadLetters.list(ReasonFilter.everything(), MOST);
    List<WaitingKey> keys = listing.oldest();
    List<Finding> findings = new ArrayList<>();
    List<WaitingKey> dead =
        those(keys, key -> key.state() == State.DEAD && key.kind() != Kind.QUARANTINE);
    if (!dead.isEmpty()) {
      findings.add(
          new Wrong(
              "%s dead: nothing tries them again by itself, the oldest since %s"
                  .formatted(are(dead), since(dead)),
              LIST + ", put right what it says, then ./timebridge dlq redrive --all"));
    }
    List<WaitingKey> kept = those(keys, key -> key.kind() == Kind.QUARANTINE);
    if (!kept.isEmpty()) {
      findings.add(
          new Warning(
              "%s quarantined: the records must not be applied as they are, the oldest since %s"
                  .formatted(are(kept), since(kept)),
              LIST
                  + " --reason quarantine, then ./timebridge dlq discard KEY --reason TEXT: they are never applied"));
    }
    List<WaitingKey> waiting =
        those(keys, key -> key.state() != State.DEAD && key.kind() != Kind.QUARANTINE);
    if (!waiting.isEmpty()) {
      findings.add(
          new Warning(
              "%s parked and tried again by itself, the oldest since %s"
                  .formatted(are(waiting), since(waiting)),
              LIST));
    }
    if (listing.others() > 0) {
      findings.add(
          new Warning(
              "%d newer keys wait too".formatted(listing.others()), LIST + " --limit 100000"));
    }
    if (findings.isEmpty()) {
      findings.add(new Well("nothing is parked, dead or quarantined"));
    }
    return findings;
  }

  private static List<WaitingKey> those(List<WaitingKey> keys, Predicate<WaitingKey> which) {
    return keys.stream().filter(which).toList();
  }

  private static String are(List<WaitingKey> keys) {
    return keys.size() == 1 ? "1 key is" : keys.size() + " keys are";
  }

  /** They come oldest first. */
  private static String since(List<WaitingKey> keys) {
    return keys.getFirst().since().truncatedTo(ChronoUnit.SECONDS).toString();
  }
}
