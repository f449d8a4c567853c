package io.timebridge.services;

import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.timebridge.settings.Secret;
import io.timebridge.settings.Settings;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Settings and helpers of the service tests. */
public final class Fixtures {
  private Fixtures() {}

  /** Fast, wide, and with a circuit that opens only after many failures. */
  public static Settings.Gate gate() {
    return new Settings.Gate(
        Duration.ofSeconds(20), 10_000, 64, 1000, 100, Duration.ofSeconds(5), Duration.ZERO);
  }

  public static Settings.Gate gate(Duration callTimeout) {
    return new Settings.Gate(
        callTimeout, 10_000, 64, 1000, 100, Duration.ofSeconds(5), Duration.ZERO);
  }

  public static Settings.SecondService second(URI url, int sessions, Settings.Gate gate) {
    return second(url, sessions, Set.of(429), gate);
  }

  public static Settings.SecondService second(
      URI url, int sessions, Set<Integer> notApplied, Settings.Gate gate) {
    return new Settings.SecondService(
        url,
        "ağency & co",
        "tim bridge",
        new Secret("pass+word/ü"),
        sessions,
        Duration.ofSeconds(5),
        Duration.ofSeconds(30),
        Duration.ofSeconds(5),
        notApplied,
        true,
        gate);
  }

  public static Settings.FirstService first(URI url, Settings.Gate gate) {
    return first(url, "access-0", "refresh-0", gate);
  }

  public static Settings.FirstService first(
      URI url, String access, String refresh, Settings.Gate gate) {
    return new Settings.FirstService(
        url,
        77,
        "timebridge",
        new Secret("client-secret"),
        new Secret(access),
        new Secret(refresh),
        List.of(),
        Duration.ofSeconds(5),
        Duration.ofSeconds(30),
        Duration.ofSeconds(5),
        gate);
  }

  /** The trouble that {@code call} ends in. */
  public static ServiceTrouble trouble(ThrowingCallable call) {
    return catchThrowableOfType(ServiceTrouble.class, call);
  }

  /** What each of {@code callers} got that called at the same moment. */
  public static <T> List<T> together(int callers, Callable<T> call) throws Exception {
    CountDownLatch start = new CountDownLatch(1);
    List<T> results = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<T>> futures = new ArrayList<>();
      for (int i = 0; i < callers; i++) {
        futures.add(
            threads.submit(() -> {
              start.await();
              return call.call();
            }));
      }
      start.countDown();
      for (Future<T> future : futures) {
        try {
          results.add(future.get());
        } catch (ExecutionException failed) {
          throw failed.getCause() instanceof Exception e ? e : failed;
        }
      }
    }
    return results;
  }
}
