package io.timebridge.publish;

import io.timebridge.aws.AwsClients;
import io.timebridge.stream.Envelope;
import io.timebridge.stream.EnvelopeCodec;
import io.timebridge.stream.Names;
import io.timebridge.stream.StreamName;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@link Publisher} on Kinesis. Envelopes become PutRecords calls of at most 500 records and 5 MiB,
 * at most three under way per stream. An idle stream's envelope goes out at once; while a call is
 * under way others gather for up to 4 ms. At most 10,000 records and 64 MiB wait per stream. A
 * record that Kinesis refuses, and a call without an answer, are tried again with growing, jittered
 * waits until the envelope's time is up; later records of its key wait behind it.
 *
 * @implNote Each stream has its own {@link StreamSender} (threads, lock) around its own {@link
 *     StreamQueue} (rules); their notes state the invariants. {@code probing} guards the two probe
 *     fields and is never held together with a sender's lock by the same thread while waiting.
 */
public final class KinesisPublisher implements Publisher {
  /** How old a sign of life may be. */
  private static final Duration RECENT = Duration.ofSeconds(5);

  private static final Logger LOG = LoggerFactory.getLogger(KinesisPublisher.class);

  private final Names names;
  private final KinesisCall call;
  private final Limits limits;
  private final LongSupplier nanos;
  private final PublishListener listener;
  private final Map<StreamName, StreamSender> senders = new EnumMap<>(StreamName.class);
  private final ReentrantLock probing = new ReentrantLock();
  private volatile boolean probedWell;
  private long probedAtNanos;

  /** A publisher for these streams; closing it closes its client. */
  public static KinesisPublisher open(AwsClients clients, Names names, Set<StreamName> streams) {
    return open(clients, names, streams, PublishListener.NONE);
  }

  /** As {@link #open(AwsClients, Names, Set)}, with somebody who is told of what it does. */
  public static KinesisPublisher open(
      AwsClients clients, Names names, Set<StreamName> streams, PublishListener listener) {
    int connections = streams.size() * Limits.DEFAULT.batchesInFlight() + 1;
    return new KinesisPublisher(
        new SdkKinesisCall(clients, connections),
        names,
        streams,
        Limits.DEFAULT,
        System::nanoTime,
        new Random(),
        listener);
  }

  /**
   * @param jitter thread-safe
   */
  KinesisPublisher(
      KinesisCall call,
      Names names,
      Set<StreamName> streams,
      Limits limits,
      LongSupplier nanos,
      RandomGenerator jitter,
      PublishListener listener) {
    this.listener = listener;
    this.call = call;
    this.names = names;
    this.limits = limits;
    this.nanos = nanos;
    this.probedAtNanos = nanos.getAsLong() - RECENT.toNanos() - 1;
    for (StreamName stream : streams) {
      senders.put(
          stream,
          new StreamSender(
              stream,
              names.stream(stream),
              call,
              new StreamQueue(limits, jitter),
              limits.batchesInFlight(),
              nanos,
              listener));
    }
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalArgumentException when the publisher was not opened for that stream
   */
  @Override
  public CompletableFuture<Outcome> submit(StreamName stream, Envelope envelope, Duration within) {
    StreamSender sender = senders.get(stream);
    if (sender == null) {
      throw new IllegalArgumentException("not opened for stream " + stream);
    }
    long began = nanos.getAsLong();
    return submit(sender, envelope, within)
        .whenComplete(
            (outcome, never) -> listener.ended(stream, outcome, nanos.getAsLong() - began));
  }

  private CompletableFuture<Outcome> submit(
      StreamSender sender, Envelope envelope, Duration within) {
    byte[] data = EnvelopeCodec.encode(envelope);
    if (data.length + 4 * envelope.key().length() > limits.recordBytes()) {
      return StreamSender.refused(
          Reason.TOO_LARGE, "a record has at most " + limits.recordBytes() + " bytes");
    }
    return sender.submit(envelope.key(), data, within);
  }

  @Override
  public boolean reachable() {
    if (senders.values().stream().anyMatch(s -> s.storedWithin(RECENT))) {
      return true;
    }
    if (!probing.tryLock()) {
      return probedWell; // someone is asking just now
    }
    try {
      if (nanos.getAsLong() - probedAtNanos > RECENT.toNanos()) {
        probedWell = probe();
        probedAtNanos = nanos.getAsLong();
      }
      return probedWell;
    } finally {
      probing.unlock();
    }
  }

  private boolean probe() {
    try {
      senders.keySet().forEach(stream -> call.probe(names.stream(stream)));
      return true;
    } catch (RuntimeException unreachable) { // any failure to answer means: not reachable
      if (probedWell) {
        LOG.warn("kinesis cannot be reached: {}", unreachable.toString());
      }
      return false;
    }
  }

  @Override
  public void close() {
    senders.values().forEach(StreamSender::stopAccepting);
    long until = nanos.getAsLong() + limits.closeWithin().toNanos();
    for (StreamSender sender : senders.values()) {
      sender.close(Duration.ofNanos(Math.max(0, until - nanos.getAsLong())));
    }
    call.close();
  }
}
