package io.timebridge.services.fleet;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * The row of a service: who shares its limits.
 *
 * @param revision one more with every write; 0 = there is no row yet
 */
record Roster(long revision, List<Member> members) {
  static final Roster EMPTY = new Roster(0, List.of());

  Roster {
    members = List.copyOf(members);
  }

  Optional<Member> find(String id) {
    return members.stream().filter(m -> m.id().equals(id)).findFirst();
  }

  List<Member> without(String id) {
    return members.stream().filter(m -> !m.id().equals(id)).toList();
  }

  /** The next revision, with these members instead. */
  Roster next(Collection<Member> others, Member... more) {
    List<Member> all = new ArrayList<>(others);
    all.addAll(List.of(more));
    return new Roster(revision + 1, all);
  }

  static Share sum(Collection<Member> members) {
    return members.stream().map(Member::share).reduce(Share.NONE, Share::plus);
  }

  static long lastTicket(Collection<Member> members) {
    return members.stream().mapToLong(Member::ticket).max().orElse(0);
  }
}
