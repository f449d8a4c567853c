package io.timebridge.replay;

import io.timebridge.admission.Delivery;
import io.timebridge.admission.Quarantine;
import io.timebridge.admission.RecordGuard;
import io.timebridge.admission.RecordReader;
import io.timebridge.admission.StreamPosition;
import io.timebridge.failure.StoreTrouble;
import io.timebridge.stream.Envelope;
import io.timebridge.stream.Replayed;
import io.timebridge.stream.Route;
import io.timebridge.stream.StreamName;
import java.math.BigInteger;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/** The records of a stream's window, each to be published as it is, but for its mark. */
final class StreamRecords implements Source {
  /** An envelope has at most 32 headers; the mark takes two. */
  private static final int MOST_HEADERS = 30;

  private final StreamReader reader;
  private final StreamName stream;
  private final RecordReader judge;
  private final Window window;
  private final Instant began;
  private final Optional<String> key;
  private final String replay;

  /**
   * @param began see {@link StreamReader#read}
   */
  StreamRecords(
      StreamReader reader, RecordGuard guard, ReplayRequest request, Window window, Instant began) {
    this.reader = reader;
    this.stream = request.stream();
    this.judge = new RecordReader(stream, guard);
    this.window = window;
    this.began = began;
    this.key = request.key();
    this.replay = request.name();
  }

  @Override
  public void each(Map<String, String> positions, Visitor visitor)
      throws StoreTrouble, ReplayStopped, InterruptedException {
    reader.read(
        window,
        began,
        key,
        positions,
        new StreamReader.Visitor() {
          @Override
          public void found(StreamReader.Found found, double done)
              throws StoreTrouble, ReplayStopped, InterruptedException {
            visitor.visit(candidate(found), done);
          }

          @Override
          public void still(double done) throws StoreTrouble, ReplayStopped, InterruptedException {
            visitor.visit(new Candidate.Reading(), done);
          }

          @Override
          public void lost(String shard, Window stretch, double done)
              throws StoreTrouble, ReplayStopped, InterruptedException {
            visitor.visit(new Candidate.Lost(shard, stretch), done);
          }

          @Override
          public void ended(Candidate.Place place, double done)
              throws StoreTrouble, ReplayStopped, InterruptedException {
            visitor.visit(new Candidate.Nothing(place), done);
          }
        });
  }

  private Candidate candidate(StreamReader.Found found) {
    Candidate.Place place = found.place();
    if (key.filter(wanted -> !wanted.equals(found.partitionKey())).isPresent()) {
      return new Candidate.Nothing(place);
    }
    return switch (read(found)) {
      case Delivery.Bad bad ->
          new Candidate.Skip(
              place,
              bad.reason() == Quarantine.Reason.REFUSED ? Verdict.REFUSED : Verdict.UNREADABLE);
      case Delivery.Good(var record) -> {
        Envelope envelope = record.envelope();
        Optional<Replayed> copy = Replayed.of(envelope);
        if (copy.isPresent() && isHereByItself(copy.get(), envelope, found)) {
          yield new Candidate.Skip(place, Verdict.REPLAYED);
        }
        if (copy.isEmpty() && envelope.headers().size() > MOST_HEADERS) {
          yield new Candidate.Skip(place, Verdict.UNREADABLE);
        }
        BigInteger first = copy.flatMap(Replayed::sequence).orElse(found.sequence());
        yield new Candidate.Event(place, new Replayed(replay, Optional.of(first)).mark(envelope));
      }
    };
  }

  /**
   * Whether what a replay has published is not needed: what it repeats was found here before. A
   * forced replay's check repeats nothing, and is not repeated: it believes no row, so that of an
   * entry whose timesheet a person has moved since it would make a second one.
   */
  private static boolean isHereByItself(
      Replayed copy, Envelope envelope, StreamReader.Found found) {
    return copy.sequence().isEmpty()
        ? envelope.route().kind() == Route.Kind.VERIFY
        : copy.sequence().get().compareTo(found.unbrokenFrom()) >= 0;
  }

  /** What a worker would make of it. */
  Delivery read(StreamReader.Found found) {
    return judge.read(
        new StreamPosition(stream, found.shard(), found.sequence(), found.partitionKey()),
        found.data());
  }
}
