package io.timebridge.timesheet;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CauseTest {
  private static final Set<Cause> ALL =
      Set.of(
          new Cause.LabelMapped(11),
          new Cause.TaskThere(41, 11),
          new Cause.TaskThere(41, 0),
          new Cause.UserKnown(3, 0),
          new Cause.UserKnown(3, 17),
          new Cause.ProjectKnown(5),
          new Cause.JobOpen(41));

  @Test
  void is_read_as_it_was_written() {
    String text = Cause.text(ALL);
    assertThat(text).isEqualTo("job:41 label:11 project:5 task:41:0 task:41:11 user:3 user:3:17");
    assertThat(Cause.read(text)).isEqualTo(ALL);
    assertThat(Cause.read("")).isEmpty();
    assertThat(Cause.text(Set.of())).isEmpty();
  }

  @Test
  void what_another_version_wrote_is_left_out() {
    for (String other : List.of("moon:3", "label", "label:", "label:x", "label:1:2:3", " ")) {
      assertThat(Cause.read(other + " job:41")).containsExactly(new Cause.JobOpen(41));
    }
  }

  @Test
  void a_rejection_keeps_no_more_than_its_share() {
    Set<Cause> many = new java.util.HashSet<>();
    for (int i = 1; i <= 50; i++) {
      many.add(new Cause.LabelMapped(i));
    }
    assertThat(new Rejection(Rejection.Reason.UNMAPPED_LABEL, "d", many).waitsFor())
        .hasSize(Cause.MOST);
  }
}
