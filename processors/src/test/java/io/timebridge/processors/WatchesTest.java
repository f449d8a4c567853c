package io.timebridge.processors;

import static org.assertj.core.api.Assertions.assertThat;

import io.timebridge.alerts.Alert;
import io.timebridge.alerts.Alerts;
import io.timebridge.alerts.Looks;
import io.timebridge.lag.aws.FakeKinesis;
import io.timebridge.lag.aws.FakeTables;
import io.timebridge.metrics.Meters;
import io.timebridge.services.gate.ServiceGate;
import io.timebridge.settings.Settings;
import io.timebridge.settings.SettingsLoader;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class WatchesTest {
  private static final int LOOKS = 3;

  private final Settings settings =
      new SettingsLoader()
          .values(Map.of("worker.apps", "jobs"), "test")
          .load((aws, path) -> Map.of())
          .settings();

  private final CountDownLatch outages = new CountDownLatch(LOOKS);
  private final CountDownLatch backups = new CountDownLatch(LOOKS);
  private final CountDownLatch timesheets = new CountDownLatch(1);
  private final CountDownLatch hangs = new CountDownLatch(1);

  /** Asked of a problem at each look. */
  private final class Asked implements Alerts {
    @Override
    public boolean raise(Alert alert, long episode) {
      return true;
    }

    @Override
    public boolean over(Alert alert, long episode) {
      return true;
    }

    @Override
    public void seen(String problem) {}

    @Override
    public Told told(String problem) {
      if (problem.startsWith(Watches.SECOND)) {
        outages.countDown();
      }
      return Told.NEVER;
    }
  }

  private void read(String table) {
    if (table.equals("timebridge-backup")) {
      backups.countDown();
    } else if (table.equals("timebridge-timesheets")) {
      timesheets.countDown();
      try {
        hangs.await();
      } catch (InterruptedException ended) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Test
  @Timeout(60)
  void a_look_from_outside_that_hangs_holds_up_no_other_look() throws Exception {
    FakeKinesis kinesis = new FakeKinesis();
    List<Looks> looks =
        new Watches(
                settings,
                new Asked(),
                new WorkerMeters(Meters.off(), System::nanoTime),
                InstantSource.system())
            .start(
                Map.of(
                    Watches.SECOND,
                    ServiceGate.shared("SecondService", settings.secondService().gate())),
                List.of(),
                new Watches.Outside(kinesis, kinesis, new FakeTables(this::read)),
                Duration.ofMillis(1));
    try {
      timesheets.await();
      outages.await();
      backups.await();
      assertThat(hangs.getCount()).as("it hangs").isOne();
    } finally {
      looks.forEach(Looks::close);
    }
  }
}
