package io.timebridge.bench.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChildTest {
  private static final Duration LONGEST = Duration.ofSeconds(60);

  @TempDir Path logs;

  /** Answers an order, or gives up. */
  static final class Echo {
    public static void main(String[] args) throws Exception {
      ParentLine parent = ParentLine.open();
      System.out.println("this goes to the log");
      String order = parent.order(String.class).orElseThrow();
      if (order.equals("give up")) {
        parent.fail(new IllegalStateException("asked to"));
      }
      parent.endWithParent();
      parent.tell("heard", order);
      Thread.currentThread().join(); // for ever: only the parent's end ends it
    }
  }

  @Test
  void answers_over_the_line_and_ends_when_it_is_closed() throws Exception {
    try (Child child = Child.start("echo", logs, "64m", Echo.class)) {
      child.order("hello");

      assertThat(child.await("heard", String.class, LONGEST)).isEqualTo("hello");
    }
    assertThat(Files.readString(logs.resolve("echo.log"))).contains("this goes to the log");
  }

  @Test
  void names_the_child_its_reason_and_its_log_when_it_gives_up() throws Exception {
    try (Child child = Child.start("echo", logs, "64m", Echo.class)) {
      child.order("give up");

      assertThatThrownBy(() -> child.await("heard", String.class, LONGEST))
          .isInstanceOf(ChildFailed.class)
          .hasMessageContainingAll("echo: failed", "asked to", "echo.log");
    }
  }

  @Test
  void says_that_a_child_died_when_it_says_nothing_more() throws Exception {
    try (Child child = Child.start("nobody", logs, "64m", ChildTest.class)) {
      assertThatThrownBy(() -> child.await("heard", String.class, LONGEST))
          .isInstanceOf(ChildFailed.class)
          .hasMessageContaining("nobody died");
    }
  }
}
