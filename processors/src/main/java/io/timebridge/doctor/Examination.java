package io.timebridge.doctor;

import io.timebridge.doctor.Finding.Wrong;
import io.timebridge.failure.StoreTrouble;
import io.timebridge.services.ServiceTrouble;
import io.timebridge.services.ServiceTrouble.Kind;
import io.timebridge.services.first.TokenStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * Makes all checks at once, each on a thread of its own and for a bounded time. One that fails or
 * hangs is a {@link Wrong} and leaves the others alone. Results come in the order of the checks.
 *
 * @implNote A check that hangs is interrupted and left behind: its thread is a daemon's, and its
 *     result is no longer asked for.
 */
final class Examination {
  private static final int LONGEST_TEXT = 400;

  private final Duration atMost;

  /**
   * @param atMost time of one check
   */
  Examination(Duration atMost) {
    this.atMost = atMost;
  }

  /** A check that was begun. */
  private static final class Begun {
    private final Check check;
    private final CountDownLatch over = new CountDownLatch(1);
    private final AtomicReference<@Nullable List<Finding>> findings = new AtomicReference<>();
    private final Thread thread;

    Begun(Check check) {
      this.check = check;
      this.thread = Thread.ofVirtual().name("doctor-" + check.name()).unstarted(this::make);
    }

    private void make() {
      try {
        findings.compareAndSet(null, List.copyOf(made(check)));
      } finally {
        over.countDown();
      }
    }
  }

  /**
   * Makes them.
   *
   * @param progress told of each check that is waited for
   */
  List<Examined> make(List<Check> checks, Consumer<String> progress) throws InterruptedException {
    List<Begun> all = checks.stream().map(Begun::new).toList();
    all.forEach(begun -> begun.thread.start());
    long end = System.nanoTime() + atMost.toNanos();
    List<Examined> examined = new ArrayList<>();
    try {
      for (Begun begun : all) {
        progress.accept("looking at " + begun.check.name());
        if (!begun.over.await(end - System.nanoTime(), TimeUnit.NANOSECONDS)) {
          begun.findings.compareAndSet(null, List.of(tooSlow(begun.check)));
        }
        List<Finding> found = begun.findings.get();
        examined.add(
            new Examined(
                begun.check.name(), found == null ? List.of(tooSlow(begun.check)) : found));
      }
    } finally {
      all.forEach(begun -> begun.thread.interrupt());
    }
    return List.copyOf(examined);
  }

  private Finding tooSlow(Check check) {
    return new Wrong("no answer within " + atMost.toSeconds() + " s", check.fix());
  }

  private static List<Finding> made(Check check) {
    try {
      return check.look().look();
    } catch (InterruptedException tooLate) {
      Thread.currentThread().interrupt();
      return List.of(new Wrong("was broken off", check.fix()));
    } catch (StoreTrouble | ServiceTrouble | TokenStore.Unavailable | SdkException trouble) {
      return List.of(failed(check, trouble));
    } catch (RuntimeException defect) { // the edge of a thread: the other checks go on
      return List.of(new Wrong("the check itself failed: " + text(defect), check.fix()));
    }
  }

  private static Finding failed(Check check, Exception trouble) {
    String fix = check.fix();
    if (isForbidden(trouble)) {
      fix = "use the operator's role, which may look at all of this (docs/DEPLOY.md)";
    } else if (trouble instanceof ServiceTrouble said && said.kind() == Kind.CREDENTIALS) {
      fix = FirstReads.LOG_IN; // SecondService's own check has another
    }
    return new Wrong(text(trouble), fix);
  }

  private static boolean isForbidden(Throwable trouble) {
    for (Throwable cause = trouble; cause != null; cause = cause.getCause()) {
      if (cause instanceof AwsServiceException said && said.statusCode() == 403) {
        return true;
      }
      if (cause instanceof AwsServiceException said
          && said.awsErrorDetails() != null
          && said.awsErrorDetails().errorCode().startsWith("AccessDenied")) {
        return true;
      }
    }
    return false;
  }

  private static String text(Throwable trouble) {
    String said =
        Optional.ofNullable(trouble.getMessage()).orElse(trouble.getClass().getSimpleName());
    return said.length() > LONGEST_TEXT ? said.substring(0, LONGEST_TEXT) + "..." : said;
  }
}
