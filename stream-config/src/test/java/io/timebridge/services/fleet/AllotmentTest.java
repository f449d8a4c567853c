package io.timebridge.services.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class AllotmentTest {
  private static final Share ALL = new Share(1000, 1000);
  private static final Share ONE = new Share(1, 1);

  private static List<Member> members(Share... wants) {
    List<Member> members = new ArrayList<>();
    for (int i = 0; i < wants.length; i++) {
      members.add(new Member("m" + i, Share.NONE, wants[i], i + 1, 1, Duration.ofSeconds(10)));
    }
    return members;
  }

  private static List<Share> shares(Share limit, Share... wants) {
    List<Member> members = members(wants);
    Allotment allotment = Allotment.of(limit, members);
    return members.stream().map(m -> allotment.of(m.id())).toList();
  }

  @Test
  void gives_everything_to_a_process_that_is_alone() {
    assertThat(shares(new Share(6, 2), ALL)).containsExactly(new Share(6, 2));
  }

  @Test
  void gives_nobody_more_than_it_wants() {
    assertThat(shares(new Share(6, 4), ONE)).containsExactly(ONE);
    assertThat(shares(new Share(6, 4), ALL, ONE)).containsExactly(new Share(5, 3), ONE);
  }

  @Test
  void gives_the_rest_round_and_first_to_those_with_the_lower_ticket() {
    assertThat(shares(new Share(8, 4), ALL, ALL, ALL))
        .containsExactly(new Share(3, 2), new Share(3, 1), new Share(2, 1));
  }

  @Test
  void seats_as_many_as_there_are_calls_and_sessions() {
    Allotment allotment = Allotment.of(new Share(6, 2), members(ALL, ALL, ONE, ALL));
    assertThat(allotment.of("m0")).isEqualTo(new Share(3, 1));
    assertThat(allotment.of("m1")).isEqualTo(new Share(3, 1));
    assertThat(allotment.of("m2")).isEqualTo(Share.NONE);
    assertThat(allotment.waiting()).isEqualTo(2);
    assertThat(allotment.seatedBefore("m1")).isEqualTo(1);
  }

  @Test
  void keeps_no_seat_for_a_process_that_wants_nothing() {
    assertThat(shares(new Share(2, 1), Share.NONE, ALL))
        .containsExactly(Share.NONE, new Share(2, 1));
    assertThat(Allotment.of(new Share(2, 1), members(Share.NONE, ALL)).waiting()).isZero();
  }
}
