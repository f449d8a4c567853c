package io.timebridge.timesheet;

import io.timebridge.stream.StreamRecord;
import io.timebridge.timesheet.EntryStore.Parking;
import io.timebridge.timesheet.EntryStore.Result;
import io.timebridge.timesheet.HistoryItem.Step;
import java.math.BigInteger;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Puts the writes of entry rows into words for their {@link History}. Thread-safe. */
public final class Historian {
  private final String writer;
  private final Duration keptFor;
  private final InstantSource clock;

  /**
   * @param writer the process that writes, where no token says so: {@code host:pid:nonce}, or who
   *     else it is
   * @param keptFor older items are dropped at the next whole write
   */
  public Historian(String writer, Duration keptFor, InstantSource clock) {
    this.writer = shortened(writer);
    this.keptFor = keptFor;
    this.clock = clock;
  }

  /** Drops nothing for its age; names that writer. */
  public static Historian of(String writer, InstantSource clock) {
    return new Historian(writer, Duration.ofDays(36_500), clock);
  }

  /** After a write that has read the row. */
  public History whole(EntryRow seen, HistoryItem item) {
    return seen.history().whole(item, item.at().minus(keptFor));
  }

  HistoryItem item(Step step, String worker, String text) {
    return new HistoryItem(clock.instant(), step, 0, BigInteger.ZERO, "", worker, 0, text);
  }

  /** W1. */
  public HistoryItem announced(Intent intent) {
    return intent(Step.ANNOUNCED, intent, word(intent.op()));
  }

  /** W1t. */
  public HistoryItem takenOver(Optional<Intent> open, Intent intent) {
    String before = open.map(o -> worker(o.token())).orElse("");
    return intent(
        Step.TAKEN_OVER,
        intent,
        before.equals(worker(intent.token()))
            ? word(intent.op())
            : word(intent.op()) + ", announced before by " + before);
  }

  private HistoryItem intent(Step step, Intent intent, String text) {
    return new HistoryItem(
        clock.instant(),
        step,
        intent.version(),
        intent.origin().map(Intent.Origin::seq).orElse(BigInteger.ZERO),
        intent.origin().map(o -> o.route().path()).orElse(""),
        worker(intent.token()),
        0,
        text);
  }

  /** W2. */
  public HistoryItem concluded(String token, Result result) {
    return result(Step.CONCLUDED, Optional.of(token), result, BigInteger.ZERO, result.what());
  }

  /** W3, W3n. */
  public HistoryItem noted(Result result) {
    return result(Step.NOTED, Optional.empty(), result, result.seq(), result.what());
  }

  /** W2d and W8. */
  public HistoryItem drained(
      Optional<String> token, Optional<Result> result, List<BigInteger> sequences) {
    String events = sequences.size() == 1 ? "1 event" : sequences.size() + " events";
    BigInteger last = sequences.isEmpty() ? BigInteger.ZERO : sequences.getLast();
    return result
        .map(r -> result(Step.DRAINED, token, r, last, events + ": " + r.what()))
        .orElseGet(() ->
            new HistoryItem(clock.instant(), Step.DROPPED, 0, last, "", worker(token), 0, events));
  }

  private HistoryItem result(
      Step step, Optional<String> token, Result result, BigInteger seq, String text) {
    return new HistoryItem(
        clock.instant(),
        step,
        result.version(),
        seq,
        "",
        worker(token),
        result.timesheetId(),
        text);
  }

  /** W7 of a worker. */
  public HistoryItem givenBack(String token) {
    return item(Step.GIVEN_BACK, worker(token), "");
  }

  /** W4. */
  public HistoryItem parked(Optional<String> token, StreamRecord record, Parking why) {
    return event(Step.PARKED, worker(token), record, why.rejection().brief());
  }

  /** W5. */
  public HistoryItem followed(StreamRecord record) {
    return event(Step.FOLLOWED, writer, record, "");
  }

  private HistoryItem event(Step step, String worker, StreamRecord record, String text) {
    return new HistoryItem(
        clock.instant(),
        step,
        0,
        record.sequence(),
        record.envelope().route().path(),
        worker,
        0,
        text);
  }

  /** W7 of a drain. */
  public HistoryItem rejectedAgain(Optional<String> token, Parking why) {
    return item(Step.REJECTED_AGAIN, worker(token), why.rejection().brief());
  }

  /** W6. */
  public HistoryItem woken(long episode) {
    return item(Step.WOKEN, writer, "parking " + episode);
  }

  /** A wake-up is owed once more. */
  public HistoryItem owed() {
    return item(Step.WAKE_OWED, writer, "");
  }

  /** It was received for the last time. */
  public HistoryItem dead() {
    return item(Step.DEAD, writer, "");
  }

  private static String word(Intent.Op op) {
    return op.name().toLowerCase(Locale.ROOT);
  }

  private String worker(Optional<String> token) {
    return token.map(this::worker).orElse(writer);
  }

  /** The process that a token names, without the domain of its host. */
  private String worker(String token) {
    int counter = token.lastIndexOf('-');
    String worker = counter > 0 ? token.substring(0, counter) : token;
    return shortened(worker);
  }

  private static String shortened(String worker) {
    int colon = worker.indexOf(':');
    int dot = worker.indexOf('.');
    return dot > 0 && colon > dot ? worker.substring(0, dot) + worker.substring(colon) : worker;
  }
}
