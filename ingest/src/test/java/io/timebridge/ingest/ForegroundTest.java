package io.timebridge.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.timebridge.ingest.gateway.GatewayCommand;
import io.timebridge.ingest.gateway.GatewayMain;
import io.timebridge.ingest.poller.PollerCommand;
import io.timebridge.process.Foreground;
import io.timebridge.settings.Settings;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class ForegroundTest {
  @TempDir Path folder;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(Map<String, String> environment, Function<Settings, Foreground.Started> start) {
    return new Foreground(folder, environment, new PrintWriter(out), new PrintWriter(err))
        .run(Optional.empty(), start);
  }

  @Test
  void tells_every_unusable_setting_without_a_stack_trace() {
    int code =
        run(
            Map.of("TIMEBRIDGE_GATEWAY_PORT", "99999", "TIMEBRIDGE_POLLER_EVERY", "often"),
            settings -> {
              throw new AssertionError("not to be started");
            });

    assertThat(code).isEqualTo(Foreground.BAD_SETTINGS);
    assertThat(err.toString())
        .contains("gateway.port", "99999", "poller.every", "often")
        .doesNotContain("\tat ");
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void refuses_to_start_a_gateway_without_a_webhook_secret_and_names_the_key() {
    assertThat(run(Map.of(), GatewayMain::start)).isEqualTo(Foreground.BAD_SETTINGS);
    assertThat(err.toString()).contains("first-service.webhook-secrets").doesNotContain("\tat ");
  }

  @Test
  void refuses_a_webhook_secret_that_cannot_be_used_without_showing_it() {
    int code =
        run(
            Map.of("TIMEBRIDGE_FIRST_SERVICE_WEBHOOK_SECRETS", "whsec_%%%hidden"),
            GatewayMain::start);

    assertThat(code).isEqualTo(Foreground.BAD_SETTINGS);
    assertThat(err.toString()).contains("first-service.webhook-secrets").doesNotContain("hidden");
  }

  @Test
  void ends_with_1_when_the_process_cannot_start() {
    int code =
        run(
            Map.of(),
            settings -> {
              throw new IllegalStateException("port is taken");
            });

    assertThat(code).isEqualTo(Foreground.FAILED);
  }

  @Test
  void ends_with_1_and_closes_what_has_given_up_by_itself() {
    AtomicBoolean closed = new AtomicBoolean();
    Foreground.Started gaveUp =
        new Foreground.Started() {
          @Override
          public String readyLine() {
            return "ready, for a moment";
          }

          @Override
          public boolean isRunning() {
            return false;
          }

          @Override
          public void close() {
            closed.set(true);
          }
        };

    assertThat(run(Map.of(), settings -> gaveUp)).isEqualTo(Foreground.FAILED);
    assertThat(closed).isTrue();
  }

  @Test
  void tells_by_a_file_whether_it_is_well() throws Exception {
    Path file = folder.resolve("health");
    AtomicBoolean well = new AtomicBoolean(true);
    Foreground.Started started =
        new Foreground.Started() {
          @Override
          public String readyLine() {
            return "something ready";
          }

          @Override
          public Optional<String> trouble() {
            return well.get() ? Optional.empty() : Optional.of("a thread has ended");
          }

          @Override
          public void close() {}
        };
    FutureTask<Integer> process =
        new FutureTask<>(
            () -> run(Map.of("TIMEBRIDGE_HEALTH_FILE", file.toString()), settings -> started));
    Thread thread = Thread.ofPlatform().start(process);

    await().untilAsserted(() -> assertThat(file).exists());
    well.set(false);
    await().untilAsserted(() -> assertThat(file).doesNotExist());
    well.set(true);
    await().untilAsserted(() -> assertThat(file).exists());
    thread.interrupt();

    assertThat(process.get()).isEqualTo(Foreground.OK);
    assertThat(file).doesNotExist();
  }

  @Test
  void says_that_it_is_ready_and_closes_when_asked_to_end() throws Exception {
    CountDownLatch ready = new CountDownLatch(1);
    AtomicBoolean closed = new AtomicBoolean();
    Foreground.Started started =
        new Foreground.Started() {
          @Override
          public String readyLine() {
            ready.countDown();
            return "something ready";
          }

          @Override
          public void close() {
            closed.set(true);
          }
        };
    FutureTask<Integer> process = new FutureTask<>(() -> run(Map.of(), settings -> started));
    Thread thread = Thread.ofPlatform().start(process);
    await().until(() -> ready.getCount() == 0 || process.isDone());

    thread.interrupt();

    assertThat(process.get()).isEqualTo(Foreground.OK);
    assertThat(closed).isTrue();
    assertThat(out.toString()).isEqualToIgnoringNewLines("something ready");
  }

  @Test
  void listens_with_the_settings_of_a_file_and_ends_cleanly() throws Exception {
    Path file = folder.resolve("my.conf");
    Files.writeString(
        file,
        """
        gateway.port = 0
        aws { local = true, endpoints.kinesis = "http://127.0.0.1:9" }
        first-service.webhook-secrets = "a-secret"
        """);
    CountDownLatch ready = new CountDownLatch(1);
    PrintWriter signalling =
        new PrintWriter(out) {
          @Override
          public void flush() {
            super.flush();
            ready.countDown();
          }
        };
    FutureTask<Integer> process =
        new FutureTask<>(() ->
            new Foreground(folder, Map.of(), signalling, new PrintWriter(err))
                .run(Optional.of(file), GatewayMain::start));
    Thread thread = Thread.ofPlatform().start(process);
    await().until(() -> ready.getCount() == 0 || process.isDone());
    thread.interrupt();

    assertThat(process.get()).as(err.toString()).isEqualTo(Foreground.OK);
    assertThat(out.toString()).startsWith("gateway ready on http://127.0.0.1:");
  }

  @Test
  void commands_explain_themselves() {
    for (Object command : new Object[] {new GatewayCommand(), new PollerCommand()}) {
      StringWriter help = new StringWriter();
      CommandLine line = new CommandLine(command).setOut(new PrintWriter(help));

      assertThat(line.execute("--help")).isZero();
      assertThat(help.toString()).contains("--config=FILE");
      assertThat(line.setErr(new PrintWriter(help)).execute("--nonsense")).isEqualTo(2);
    }
  }
}
