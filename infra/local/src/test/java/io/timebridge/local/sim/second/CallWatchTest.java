package io.timebridge.local.sim.second;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.timebridge.local.sim.Http;
import io.timebridge.local.sim.http.CallWatch.Treatment;
import io.timebridge.local.sim.http.Request;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who watches a service's doors, proven on SecondService; it is the same in both simulators. */
@Timeout(60)
class CallWatchTest {
  private Office office;

  @BeforeEach
  void start() throws Exception {
    office = Office.open();
  }

  @AfterEach
  void stop() {
    office.close();
  }

  @Test
  void sees_each_call_whole_with_the_door_it_came_in_by_and_no_control_call() throws Exception {
    List<Integer> doors = new CopyOnWriteArrayList<>();
    List<String> lines = new CopyOnWriteArrayList<>();
    office.sim.watch((door, request) -> {
      doors.add(door);
      lines.add(request.line() + " " + request.form().getOrDefault("strDescription", ""));
      return new Treatment.AsUsual();
    });
    URI side = office.sim.openDoor();

    office.add(office.sheet());
    HttpResponse<String> answer =
        new Http(side)
            .send(
                "POST",
                "/service/api/timesheet/?i=timebridge&cmd=add",
                Http.form(office.sheet("strDescription", "aside")),
                office.headers());
    office.control.state();

    assertThat(answer.body()).contains("idTimesheet");
    assertThat(doors).containsExactly(office.sim.baseUri().getPort(), side.getPort());
    assertThat(lines)
        .containsExactly(
            "POST /service/api/timesheet/?i=timebridge&cmd=add a note",
            "POST /service/api/timesheet/?i=timebridge&cmd=add aside");
  }

  @Test
  void holds_a_call_back_and_lets_it_be_carried_out_after_its_caller_has_gone() throws Exception {
    CountDownLatch arrived = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    office.sim.watch((door, request) -> {
      arrived.countDown();
      go.await();
      return new Treatment.AsUsual();
    });
    Thread caller = Thread.ofVirtual().start(this::addAndGiveUp);
    arrived.await();
    assertThat(office.timesheets()).isZero();
    caller.interrupt();
    caller.join();

    go.countDown();
    await().until(() -> office.timesheets() == 1);
  }

  private void addAndGiveUp() {
    try {
      office.timesheet("add", office.sheet());
    } catch (Exception gaveUp) { // an interrupted client may throw either kind
      assertThat(gaveUp).isInstanceOfAny(InterruptedException.class, IOException.class);
    }
  }

  @Test
  void drops_an_answer_after_the_call_was_carried_out() {
    office.sim.watch((door, request) -> isAdd(request) ? new Treatment.Dropped() : asUsual());

    assertThatThrownBy(() -> office.add(office.sheet())).isInstanceOf(IOException.class);
    assertThat(office.timesheets()).isEqualTo(1);
  }

  @Test
  void lets_a_call_land_later_than_the_end_of_its_connection() {
    office.sim.watch(
        (door, request) -> isAdd(request) ? new Treatment.Late(Duration.ofSeconds(1)) : asUsual());

    assertThatThrownBy(() -> office.add(office.sheet())).isInstanceOf(IOException.class);
    assertThat(office.control.state().path("latePending").intValue()).isEqualTo(1);
    await().until(() -> office.timesheets() == 1);
  }

  private static boolean isAdd(Request request) {
    return request.query("cmd").equals("add");
  }

  private static Treatment asUsual() {
    return new Treatment.AsUsual();
  }
}
