package io.timebridge.local.simulated;

import io.timebridge.failure.Drains;
import io.timebridge.failure.Drains.Ended;
import io.timebridge.failure.RetryQueue;
import io.timebridge.failure.StoreTrouble;
import io.timebridge.failure.WakeUp;
import io.timebridge.local.planted.Step;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The FIFO queue of wake-ups: one message of a key at a time, repeats of an episode dropped, a
 * message that is not deleted comes again, and after too many receives it goes to the dead letters.
 */
final class SimulatedQueue {
  private static final int MAX_RECEIVES = 5;
  private static final Duration VISIBILITY = Duration.ofSeconds(4);
  private static final Duration BACKOFF = Duration.ofMillis(800);
  private static final Duration POLL = Duration.ofMillis(200);

  /** One message; invisible until {@code visibleAt}. */
  private static final class Message {
    final WakeUp wakeUp;
    long visibleAt;
    int receives;

    Message(WakeUp wakeUp) {
      this.wakeUp = wakeUp;
    }
  }

  private final Kernel kernel;
  private final Strikes strikes;
  private final Wire wire;
  private final List<Message> messages = new ArrayList<>();
  private final List<WakeUp> deadLetters = new ArrayList<>();
  private final Set<String> seen = new HashSet<>();

  SimulatedQueue(Kernel kernel, Strikes strikes, Wire wire) {
    this.kernel = kernel;
    this.strikes = strikes;
    this.wire = wire;
  }

  /** The queue as one host reaches it. */
  RetryQueue from(Host host) {
    return wakeUp -> {
      host.pause(kernel.millis(1, 20));
      if (wire.isHostile() && kernel.chance(0.05)) {
        throw new StoreTrouble("SQS does not answer", null);
      }
      if (seen.add(wakeUp.key() + "-" + wakeUp.episode())) {
        messages.add(new Message(wakeUp));
      }
      if (wire.isHostile() && kernel.chance(0.05)) {
        throw new StoreTrouble("SQS's answer was lost", null);
      }
    };
  }

  /** What a person does with dead letters, or a late message does by itself. */
  void sendAgain(WakeUp wakeUp) {
    messages.add(new Message(wakeUp));
  }

  List<WakeUp> deadLetters() {
    return deadLetters;
  }

  boolean isEmpty() {
    return messages.isEmpty();
  }

  /** Receives and drains on that host, for as long as it lives. */
  void consume(Host host, Drains drains) {
    host.start(() -> {
      try {
        while (true) {
          host.pause(POLL);
          if (drains.mayBegin()) {
            receive().ifPresent(message -> host.start(() -> drain(host, drains, message)));
          }
        }
      } catch (InterruptedException stopped) {
        Thread.currentThread().interrupt();
      }
    });
  }

  /** The first message of a key none of whose messages is under way. */
  private Optional<Message> receive() {
    Set<String> busy = new HashSet<>();
    for (Message message : List.copyOf(messages)) {
      boolean first = busy.add(message.wakeUp.key());
      if (first && message.visibleAt <= kernel.now()) {
        if (message.receives == MAX_RECEIVES) {
          messages.remove(message);
          deadLetters.add(message.wakeUp);
          return Optional.empty();
        }
        message.receives++;
        appearAfter(message, VISIBILITY);
        return Optional.of(message);
      }
    }
    return Optional.empty();
  }

  private void appearAfter(Message message, Duration time) {
    message.visibleAt = kernel.now() + time.toNanos();
  }

  private void drain(Host host, Drains drains, Message message) {
    int receive = message.receives;
    boolean[] over = {false};
    host.start(() -> beat(host, message, receive, over));
    try {
      strikes.at(Step.WAKE_RECEIVED, host);
      Ended ended = drains.drain(message.wakeUp, receive == MAX_RECEIVES);
      over[0] = true;
      if (kernel.trace().wantsWords()) {
        int index = Integer.parseInt(host.name().substring(1));
        kernel
            .trace()
            .say(
                kernel.now(),
                index,
                "wake-up of entry %s, receive %d: %s"
                    .formatted(message.wakeUp.key(), receive, ended));
      }
      host.pause(kernel.millis(1, 20));
      if (message.receives == receive) { // a receipt handle of an earlier receive does nothing
        conclude(message, ended);
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  private void beat(Host host, Message message, int receive, boolean[] over) {
    try {
      while (!over[0]) {
        host.pause(VISIBILITY.dividedBy(3));
        if (!over[0] && message.receives == receive && message.visibleAt > kernel.now()) {
          appearAfter(message, VISIBILITY);
        }
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  private void conclude(Message message, Ended ended) {
    boolean last = message.receives == MAX_RECEIVES;
    switch (ended) {
      case Ended.Nothing nothing -> messages.remove(message);
      case Ended.Done done -> messages.remove(message);
      case Ended.Held held -> messages.remove(message);
      case Ended.Rejected rejected -> appearAfter(message, last ? Duration.ZERO : BACKOFF);
      case Ended.Dead dead -> appearAfter(message, Duration.ZERO);
      case Ended.Later later -> {
        if (last) {
          messages.remove(message);
          sendAgain(message.wakeUp);
        } else {
          appearAfter(message, later.after().orElse(BACKOFF));
        }
      }
    }
  }
}
