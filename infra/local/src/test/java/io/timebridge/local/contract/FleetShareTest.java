package io.timebridge.local.contract;

import static io.timebridge.services.fleet.FleetShare.ALL;
import static io.timebridge.services.fleet.FleetShare.ONE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.timebridge.services.ServiceTrouble;
import io.timebridge.services.fleet.FleetShare;
import io.timebridge.services.fleet.Share;
import io.timebridge.services.gate.Ending;
import io.timebridge.services.gate.ServiceGate;
import io.timebridge.settings.Settings;
import io.timebridge.settings.SettingsLoader;
import io.timebridge.stream.Names;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Several members of a fleet over one row of a real DynamoDB engine, in real time. */
class FleetShareTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private static CoordinationTable table;

  private final Names names = table.fresh();
  private final Settings settings =
      new SettingsLoader()
          .values(
              Map.of(
                  "name-prefix", names.prefix(),
                  "second-service.concurrent-calls", "6",
                  "second-service.sessions", "3",
                  "second-service.call-timeout", "1s",
                  "second-service.calls-per-second", "100000"),
              "test")
          .load((aws, path) -> Map.of())
          .settings();
  private final List<FleetShare> opened = new ArrayList<>();

  @BeforeAll
  static void start() {
    table = new CoordinationTable();
  }

  @AfterAll
  static void stop() {
    table.close();
  }

  @AfterEach
  void leave() {
    opened.forEach(FleetShare::close);
  }

  private ServiceGate gate() {
    return ServiceGate.shared("SecondService", settings.secondService().gate());
  }

  private FleetShare join(Share wants, ServiceGate gate, DynamoDbClient dynamoDb) {
    FleetShare share =
        FleetShare.ofSecondService(settings, () -> wants, gate, dynamoDb, InstantSource.system());
    opened.add(share);
    return share;
  }

  private FleetShare join(Share wants) {
    return join(wants, gate(), table.dynamoDb());
  }

  private Map<String, AttributeValue> members() {
    return table.row(names, "shares-second-service").get("members").m();
  }

  @Test
  void has_everything_when_it_has_joined_alone_and_leaves_nothing_behind() {
    FleetShare alone = join(ALL);
    assertThat(alone.current()).isEqualTo(new Share(6, 3));
    assertThat(members()).hasSize(1);
    assertThat(members().values().iterator().next().m().keySet())
        .containsExactlyInAnyOrder(
            "calls", "sessions", "wants_calls", "wants_sessions", "ticket", "beat", "keeps_ms");
    alone.close();
    assertThat(members()).isEmpty();
    assertThat(alone.current()).isEqualTo(Share.NONE);
  }

  @Test
  void shares_with_two_more_and_gets_everything_back_when_they_have_gone() {
    FleetShare worker = join(ALL);
    FleetShare poller = join(ONE);
    await().atMost(PATIENCE).until(() -> poller.current().equals(ONE));
    assertThat(worker.current()).isEqualTo(new Share(5, 2));
    FleetShare second = join(ALL);
    await().atMost(PATIENCE).until(() -> !second.current().equals(Share.NONE));
    await().atMost(PATIENCE).until(() -> second.current().equals(new Share(2, 1)));
    await().atMost(PATIENCE).until(() -> worker.current().equals(new Share(3, 1)));
    poller.close();
    second.close();
    await().atMost(PATIENCE).until(() -> worker.current().equals(new Share(6, 3)));
  }

  @Test
  void never_makes_more_calls_than_the_limit_while_members_come_and_go() throws Exception {
    AtomicInteger underWay = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    AtomicBoolean end = new AtomicBoolean();
    List<Future<Integer>> callers = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int member = 0; member < 5; member++) {
        ServiceGate gate = gate();
        FleetShare share = join(ALL, gate, table.dynamoDb());
        AtomicInteger done = new AtomicInteger();
        for (int caller = 0; caller < 8; caller++) {
          callers.add(
              threads.submit(() -> {
                while (!end.get()) {
                  callOnce(gate, underWay, most, done);
                }
                return 0;
              }));
        }
        await().atMost(PATIENCE).until(() -> done.get() > 20 || member(share));
        if (member % 2 == 1) {
          share.close();
        }
      }
      end.set(true);
    }
    assertThat(callers).allMatch(caller -> caller.state() == Future.State.SUCCESS);
    assertThat(most.get()).isBetween(4, 6);
  }

  /** Four want three seats in the end: who has none waits for its turn. */
  private boolean member(FleetShare share) {
    return share.current().equals(Share.NONE) && members().size() > 3;
  }

  private static void callOnce(
      ServiceGate gate, AtomicInteger underWay, AtomicInteger most, AtomicInteger done)
      throws InterruptedException {
    try {
      gate.call(
          "call",
          () -> true,
          () -> {
            most.accumulateAndGet(underWay.incrementAndGet(), Math::max);
            TimeUnit.MILLISECONDS.sleep(5); // the call itself
            underWay.decrementAndGet();
            return new Ending.Answered<>(done.incrementAndGet());
          });
    } catch (ServiceTrouble noShare) {
      TimeUnit.MILLISECONDS.sleep(20); // as a lane waits
    }
  }

  /** A client that reaches nothing while {@code cut}. */
  private static DynamoDbClient through(AtomicBoolean cut) {
    return (DynamoDbClient)
        Proxy.newProxyInstance(
            FleetShareTest.class.getClassLoader(),
            new Class<?>[] {DynamoDbClient.class},
            (proxy, method, args) -> {
              if (cut.get()) {
                throw SdkClientException.create("the network is cut");
              }
              try {
                return method.invoke(table.dynamoDb(), args);
              } catch (InvocationTargetException failed) {
                throw failed.getCause();
              }
            });
  }

  @Test
  void takes_over_the_share_of_a_member_that_fell_silent() {
    AtomicBoolean cut = new AtomicBoolean();
    FleetShare silent = join(ALL, gate(), through(cut));
    assertThat(silent.current()).isEqualTo(new Share(6, 3));
    cut.set(true);
    FleetShare next = join(ALL);
    assertThat(next.current()).isEqualTo(Share.NONE);
    await().atMost(PATIENCE).until(() -> next.current().equals(new Share(6, 3)));
    assertThat(silent.current()).isEqualTo(Share.NONE);
    cut.set(false);
    await().atMost(PATIENCE).until(() -> silent.current().calls() == 3);
    assertThat(next.current().calls()).isEqualTo(3);
  }

  @Test
  void stops_calling_when_dynamodb_is_out_of_reach_and_goes_on_when_it_is_back() {
    AtomicBoolean cut = new AtomicBoolean();
    ServiceGate gate = gate();
    FleetShare share = join(ALL, gate, through(cut));
    cut.set(true);
    await().atMost(PATIENCE).until(() -> share.current().equals(Share.NONE));
    ServiceTrouble trouble = catchThrowableOfType(ServiceTrouble.class, gate::requireOpen);
    assertThat(trouble.kind()).isEqualTo(ServiceTrouble.Kind.NOT_DONE);
    assertThat(trouble.retryAfter()).isPresent();
    cut.set(false);
    await().atMost(PATIENCE).until(() -> share.current().equals(new Share(6, 3)));
  }
}
