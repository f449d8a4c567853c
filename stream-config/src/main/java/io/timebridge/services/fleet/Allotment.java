package io.timebridge.services.fleet;

import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;

/**
 * Who should have how much. Pure: whoever looks at the same members comes to the same result.
 *
 * <p>Those who want something stand in a line, by ticket. There are as many seats as the limit has
 * calls or sessions, whichever is less. Everybody seated gets one of each; the rest goes round to
 * those seated that want more. Everybody else gets nothing.
 */
final class Allotment {
  private static final Comparator<Member> IN_LINE =
      Comparator.comparingLong(Member::ticket).thenComparing(Member::id);

  private final List<Member> line;
  private final List<Member> seated;
  private final Map<String, Share> shares = new HashMap<>();

  private Allotment(Share limit, Collection<Member> members) {
    this.line = members.stream().filter(m -> !m.wants().isNone()).sorted(IN_LINE).toList();
    this.seated = line.subList(0, Math.min(line.size(), Math.min(limit.calls(), limit.sessions())));
    int[] calls = fill(limit.calls(), seated, m -> m.wants().calls());
    int[] sessions = fill(limit.sessions(), seated, m -> m.wants().sessions());
    for (int i = 0; i < seated.size(); i++) {
      shares.put(seated.get(i).id(), new Share(calls[i], sessions[i]));
    }
  }

  static Allotment of(Share limit, Collection<Member> members) {
    return new Allotment(limit, members);
  }

  /** Round after round, one to each that wants more. */
  private static int[] fill(int limit, List<Member> members, ToIntFunction<Member> wants) {
    int[] filled = new int[members.size()];
    int left = limit;
    for (boolean gaveOne = true; gaveOne && left > 0; ) {
      gaveOne = false;
      for (int i = 0; i < filled.length && left > 0; i++) {
        if (filled[i] < wants.applyAsInt(members.get(i))) {
          filled[i]++;
          left--;
          gaveOne = true;
        }
      }
    }
    return filled;
  }

  Share of(String id) {
    return shares.getOrDefault(id, Share.NONE);
  }

  /** How many want something and have no seat. */
  int waiting() {
    return line.size() - seated.size();
  }

  /** How many are seated before that one; all of them when it is not seated itself. */
  int seatedBefore(String id) {
    for (int i = 0; i < seated.size(); i++) {
      if (seated.get(i).id().equals(id)) {
        return i;
      }
    }
    return seated.size();
  }
}
