package io.timebridge.bench.takeover;

import static org.assertj.core.api.Assertions.assertThat;

import io.timebridge.ordering.Outcome;
import java.io.DataOutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class LedgerServerTest {
  private final Ledger ledger = new Ledger(System::nanoTime);

  private static Delivery delivery(int number, long id) {
    return new Delivery("w", "shard-0", 1, number, id);
  }

  @Test
  void a_handler_reads_once_and_carries_out_once() throws Exception {
    try (LedgerServer server = LedgerServer.start(ledger, Duration.ofMillis(1))) {
      LedgerHandler handler = new LedgerHandler(LedgerClient.connect(server.port(), "w"));
      assertThat(handler.handle("1", List.of(delivery(1, 1)))).isInstanceOf(Outcome.Applied.class);
      assertThat(handler.handle("1", List.of(delivery(1, 2)))).isInstanceOf(Outcome.Skipped.class);
      assertThat(ledger.carried()).containsExactly(new Carried("w", 1, 1));
      assertThat(ledger.redeliveries()).isEqualTo(new Redeliveries(1, 1, 1, 0));
    }
  }

  @Test
  void an_effect_is_carried_out_though_its_worker_is_gone() throws Exception {
    try (LedgerServer server = LedgerServer.start(ledger, Duration.ofMillis(50))) {
      try (Socket worker = new Socket(InetAddress.ofLiteral("127.0.0.1"), server.port())) {
        DataOutputStream out = new DataOutputStream(worker.getOutputStream());
        out.writeUTF("w");
        new Wire.Question(1, false, delivery(1, 1), 0).write(out);
      }
      Awaitility.await().until(() -> !ledger.carried().isEmpty());
      assertThat(ledger.carried()).containsExactly(new Carried("w", 1, 1));
    }
  }

  @Test
  void a_handler_that_does_not_look_carries_out_twice() throws Exception {
    try (LedgerServer server = LedgerServer.start(ledger, Duration.ofMillis(1))) {
      var handler = PlantedHandlers.of(Plant.NO_READ, LedgerClient.connect(server.port(), "w"));
      handler.handle("1", List.of(delivery(1, 1)));
      handler.handle("1", List.of(delivery(1, 2)));
      assertThat(Verdict.of(new int[] {0, 1}, ledger.carried()).doubled()).isEqualTo(1);
    }
  }

  @Test
  void a_handler_that_answers_early_carries_out_later_in_order() throws Exception {
    try (LedgerServer server = LedgerServer.start(ledger, Duration.ofMillis(1))) {
      var handler =
          PlantedHandlers.of(Plant.CHECKPOINT_EARLY, LedgerClient.connect(server.port(), "w"));
      assertThat(handler.handle("1", List.of(delivery(1, 1)))).isInstanceOf(Outcome.Applied.class);
      handler.handle("1", List.of(delivery(2, 2)));
      assertThat(ledger.carried()).isEmpty();
      Awaitility.await().until(() -> ledger.carried().size() == 2);
      assertThat(Verdict.of(new int[] {0, 2}, ledger.carried()).clean()).isTrue();
    }
  }
}
