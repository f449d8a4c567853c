package io.timebridge.bench.takeover;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class PlanTest {
  @Test
  void a_seed_gives_the_same_plan_and_others_give_others() {
    assertThat(Plan.of(7, 20_000)).isEqualTo(Plan.of(7, 20_000));
    assertThat(LongStream.range(0, 20).mapToObj(seed -> Plan.of(seed, 20_000)).distinct())
        .hasSize(20);
  }

  @Test
  void every_event_comes_once_within_the_run_and_in_all_orders() {
    Set<List<Plan.Event>> orders = new HashSet<>();
    for (long seed = 1; seed <= 200; seed++) {
      Plan plan = Plan.of(seed, 1000);
      List<Plan.Event> events = plan.steps().stream().map(Plan.Step::event).toList();
      assertThat(events).containsExactlyInAnyOrder(Plan.Event.values());
      assertThat(plan.steps())
          .allSatisfy(step -> assertThat(step.afterRecords()).isBetween(100, 700));
      orders.add(events);
    }
    assertThat(orders).hasSize(6);
  }
}
