package io.timebridge.reconcile;

/** What a suspicion came to. */
sealed interface Verdict {
  /** The sides agree, by now or all along. */
  record Equal() implements Verdict {}

  record Differs(Drift drift) implements Verdict {}

  /** Something of it is still to come. */
  record Waits(String why) implements Verdict {}

  record NotCompared(String why) implements Verdict {}

  /** Its row cannot be read. */
  record Unreadable(String problem) implements Verdict {}

  /** It may be on its way: nobody can say how far the workers are. */
  record Doubted() implements Verdict {}

  /** SecondService's report would not settle. */
  record Unsure() implements Verdict {}
}
