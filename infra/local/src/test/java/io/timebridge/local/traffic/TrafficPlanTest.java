package io.timebridge.local.traffic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.timebridge.local.traffic.TrafficPlan.Action;
import io.timebridge.local.traffic.TrafficPlan.CloseJob;
import io.timebridge.local.traffic.TrafficPlan.Create;
import io.timebridge.local.traffic.TrafficPlan.Delete;
import io.timebridge.local.traffic.TrafficPlan.Edit;
import io.timebridge.local.traffic.TrafficPlan.Entry;
import io.timebridge.local.traffic.TrafficPlan.EntryAction;
import io.timebridge.local.traffic.TrafficPlan.Job;
import io.timebridge.local.traffic.TrafficPlan.Label;
import io.timebridge.local.traffic.TrafficPlan.MoveJob;
import io.timebridge.local.traffic.TrafficPlan.Target;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TrafficPlanTest {
  private static final TrafficPlan PLAN = TrafficPlan.generate(11, 5_000, 40);

  @Test
  void is_the_same_for_a_seed_and_another_for_another() {
    assertThat(TrafficPlan.generate(7, 300, 10)).isEqualTo(TrafficPlan.generate(7, 300, 10));
    assertThat(TrafficPlan.generate(8, 300, 10).actions())
        .isNotEqualTo(TrafficPlan.generate(7, 300, 10).actions());
  }

  @Test
  void durations_lie_on_the_measured_quantiles() {
    assertDurations(creates());
    assertDurations(finals().values().stream().toList());
    assertThat(creates()).extracting(Entry::seconds).contains(25_127);
  }

  private static void assertDurations(List<Entry> entries) {
    List<Integer> sorted = entries.stream().map(Entry::seconds).sorted().toList();
    int[] quantiles = {5, 1141, 25, 2698, 50, 4502, 75, 6755, 95, 10800};
    for (int i = 0; i < quantiles.length; i += 2) {
      int at = sorted.get(sorted.size() * quantiles[i] / 100);
      assertThat((double) at)
          .as("p%d", quantiles[i])
          .isCloseTo(quantiles[i + 1], within(quantiles[i + 1] * 0.06));
    }
    assertThat(sorted.getFirst()).isPositive();
    assertThat(sorted.getLast()).isBetween(20_000, 25_127);
  }

  @Test
  void shares_are_as_measured_at_the_start_and_in_the_end() {
    for (List<Entry> entries : List.of(creates(), List.copyOf(finals().values()))) {
      assertThat(share(entries, e -> e.seconds() % 60 != 0)).isCloseTo(0.80, within(0.02));
      assertThat(share(entries, e -> e.labels().isEmpty())).isCloseTo(0.33, within(0.02));
      assertThat(share(entries, e -> e.labels().size() > 1)).isCloseTo(0.17, within(0.02));
      assertThat(share(entries, TrafficPlanTest::crossesMidnight)).isCloseTo(0.02, within(0.005));
      assertThat(share(entries, e -> e.note().isEmpty())).isCloseTo(0.06, within(0.01));
    }
    long deletes = PLAN.actions().stream().filter(Delete.class::isInstance).count();
    assertThat(deletes / 5_000.0).isCloseTo(0.08, within(0.01));
  }

  @Test
  void from_to_day_and_seconds_agree() {
    for (Entry entry : allContents()) {
      assertThat(Duration.between(entry.from(), entry.to()).toSeconds()).isEqualTo(entry.seconds());
      assertThat(entry.from().toLocalDate()).isEqualTo(entry.day());
      assertThat(entry.from().getOffset()).isEqualTo(PLAN.people().get(entry.person()).offset());
    }
    assertThat(creates())
        .anyMatch(e -> !e.from().toInstant().toString().startsWith(e.day().toString()));
  }

  @Test
  void nobody_has_more_than_seven_entries_a_day_at_any_time() {
    Map<String, Set<Integer>> desks = new HashMap<>();
    for (Action action : PLAN.actions()) {
      if (action instanceof EntryAction entry && content(action).isPresent()) {
        Entry content = content(action).get();
        desks
            .computeIfAbsent(content.person() + " " + content.day(), d -> new HashSet<>())
            .add(entry.entry());
      }
    }
    assertThat(desks.values()).allMatch(entries -> entries.size() <= 7);
    assertThat(desks.values()).anyMatch(entries -> entries.size() == 7);
  }

  @Test
  void notes_are_hostile_and_at_most_4_kb() {
    List<String> notes = allContents().stream().map(Entry::note).toList();
    assertThat(notes).allMatch(n -> n.getBytes(StandardCharsets.UTF_8).length <= 4_096);
    assertThat(notes).anyMatch(n -> n.getBytes(StandardCharsets.UTF_8).length > 3_900);
    for (String piece : List.of("\n", "\"", "🧱", "設", "[TB#1]", "&", "\\")) {
      assertThat(notes).anyMatch(n -> n.contains(piece));
    }
  }

  @Test
  void edits_come_mostly_early_up_to_five_and_always_change_something() {
    Map<Integer, Integer> edits = new HashMap<>();
    Map<Integer, Entry> before = new HashMap<>();
    Map<Integer, Instant> last = new HashMap<>();
    int early = 0;
    int all = 0;
    for (Action action : PLAN.actions()) {
      if (action instanceof Edit edit) {
        edits.merge(edit.entry(), 1, Integer::sum);
        assertThat(edit.content()).isNotEqualTo(before.get(edit.entry()));
        Instant previous = last.getOrDefault(edit.entry(), Instant.MAX);
        early += Duration.between(previous, edit.at()).toMinutes() < 15 ? 1 : 0;
        all++;
      }
      if (action instanceof EntryAction entry && content(action).isPresent()) {
        before.put(entry.entry(), content(action).get());
        last.put(entry.entry(), action.at());
      }
    }
    assertThat(edits.values()).allMatch(n -> n <= 5).contains(5);
    assertThat(edits.size() / 5_000.0).isBetween(0.5, 0.7);
    assertThat(early / (double) all).isGreaterThan(0.7);
  }

  @Test
  void every_kind_of_edit_is_there() {
    Map<Integer, Entry> before = new HashMap<>();
    Map<String, Integer> kinds = new TreeMap<>();
    for (Action action : PLAN.actions()) {
      if (!(action instanceof EntryAction entry) || content(action).isEmpty()) {
        continue;
      }
      Entry now = content(action).get();
      Entry old = before.put(entry.entry(), now);
      if (old != null) {
        count(kinds, "job", old.job() != now.job());
        count(kinds, "day", !old.day().equals(now.day()));
        count(kinds, "hours", old.seconds() != now.seconds());
        count(kinds, "note", !old.note().equals(now.note()));
        count(kinds, "labels", !old.labels().equals(now.labels()));
        assertThat(now.person()).isEqualTo(old.person());
      }
    }
    assertThat(kinds).hasSize(5).allSatisfy((kind, n) -> assertThat(n).isGreaterThan(100));
  }

  private static void count(Map<String, Integer> kinds, String kind, boolean changed) {
    if (changed) {
      kinds.merge(kind, 1, Integer::sum);
    }
  }

  @Test
  void an_entry_is_made_then_edited_then_deleted_and_others_do_things_between() {
    Map<Integer, String> lives = new HashMap<>();
    List<Integer> order = new ArrayList<>();
    for (Action action : PLAN.actions()) {
      switch (action) {
        case Create a -> lives.merge(a.entry(), "c", String::concat);
        case Edit a -> lives.merge(a.entry(), "e", String::concat);
        case Delete a -> lives.merge(a.entry(), "d", String::concat);
        default -> {}
      }
      if (action instanceof EntryAction entry) {
        order.add(entry.entry());
      }
    }
    assertThat(lives).hasSize(5_000);
    assertThat(lives.values()).allMatch(life -> life.matches("ce*d?"));
    assertThat(PLAN.actions()).isSortedAccordingTo(Comparator.comparing(Action::at));
    int between = 0;
    for (int i = 1; i < order.size(); i++) {
      between += order.get(i).equals(order.get(i - 1)) ? 0 : 1;
    }
    assertThat(between / (double) order.size()).isGreaterThan(0.5);
  }

  @Test
  void an_entry_stays_bookable_or_not_and_labelled_or_not() {
    Map<Integer, List<Boolean>> booked = new HashMap<>();
    Map<Integer, Set<Boolean>> labelled = new HashMap<>();
    for (Action action : PLAN.actions()) {
      if (action instanceof EntryAction entry && content(action).isPresent()) {
        booked
            .computeIfAbsent(entry.entry(), e -> new ArrayList<>())
            .add(isBookable(PLAN, content(action).get()));
        labelled
            .computeIfAbsent(entry.entry(), e -> new HashSet<>())
            .add(content(action).get().labels().isEmpty());
      }
    }
    assertThat(booked.values()).allMatch(states -> Set.copyOf(states).size() == 1);
    assertThat(labelled.values()).allMatch(states -> states.size() == 1);
    double bookable = booked.values().stream().filter(s -> s.getFirst()).count() / 5_000.0;
    assertThat(bookable).isBetween(0.60, 0.67);
    assertThat(creates()).anyMatch(e -> !PLAN.people().get(e.person()).known());
    assertThat(creates())
        .anyMatch(e ->
            PLAN.people().get(e.person()).known() && !e.labels().isEmpty() && !isBookable(PLAN, e));
  }

  @Test
  void jobs_with_entries_stay_open_with_their_client_and_are_not_excluded() {
    for (Entry entry : allContents()) {
      Job job = PLAN.jobs().get(entry.job());
      assertThat(job.tracked()).isTrue();
      assertThat(PLAN.clients().get(job.client()).excluded()).isFalse();
    }
    for (Action action : PLAN.actions()) {
      switch (action) {
        case CloseJob close -> assertThat(PLAN.jobs().get(close.job()).tracked()).isFalse();
        case MoveJob move -> assertThat(PLAN.jobs().get(move.job()).tracked()).isFalse();
        default -> {}
      }
    }
    assertThat(PLAN.excludedClientCodes()).hasSize(1);
  }

  @Test
  void labels_have_parents_near_duplicates_and_both_kinds_of_target() {
    List<Label> labels = PLAN.labels();
    assertThat(labels).extracting(Label::name).contains("Team Meeting", "TeamMeeting");
    assertThat(labels).anyMatch(l -> l.target() instanceof Target.TaskNamed);
    assertThat(labels).anyMatch(l -> l.target() instanceof Target.TaskOf);
    for (int l = 0; l < labels.size(); l++) {
      assertThat(labels.get(l).parent()).isLessThan(l);
    }
    for (Entry entry : allContents()) {
      for (int label : entry.labels()) {
        int parent = labels.get(label).parent();
        assertThat(parent < 0 || entry.labels().contains(parent)).isTrue();
      }
      assertThat(entry.labels()).doesNotHaveDuplicates();
    }
  }

  @ParameterizedTest
  @CsvSource({"1,1", "1,5", "2,2", "10,1", "300,50", "40,40"})
  void small_plans_are_whole_too(int entries, int users) {
    for (long seed = 0; seed < 20; seed++) {
      TrafficPlan plan = TrafficPlan.generate(seed, entries, users);
      assertThat(plan.actions().stream().filter(Create.class::isInstance)).hasSize(entries);
      assertThat(plan.people()).hasSize(users);
    }
  }

  @Test
  void refuses_sizes_that_make_no_plan() {
    assertThatThrownBy(() -> TrafficPlan.generate(1, 0, 1)).hasMessageContaining("entries");
    assertThatThrownBy(() -> TrafficPlan.generate(1, 1, 0)).hasMessageContaining("users");
    assertThatThrownBy(() -> TrafficPlan.generate(1, 2_000_000, 5)).hasMessageContaining("entries");
  }

  /** By the plan's own words: the person is known and a leaf label names a task of the job. */
  static boolean isBookable(TrafficPlan plan, Entry entry) {
    return plan.people().get(entry.person()).known() && task(plan, entry) >= 0;
  }

  /** Place of the task in the entry's job; -1 for none. */
  static int task(TrafficPlan plan, Entry entry) {
    List<Label> labels = plan.labels();
    List<String> tasks =
        plan.jobs().get(entry.job()).tasks().stream().map(t -> t.toLowerCase(Locale.ROOT)).toList();
    for (int label : entry.labels()) {
      if (labels.stream().anyMatch(other -> other.parent() == label)) {
        continue;
      }
      int task =
          switch (labels.get(label).target()) {
            case Target.TaskNamed(String name) ->
                tasks.indexOf(name.strip().toLowerCase(Locale.ROOT));
            case Target.TaskOf(int job, int of) -> job == entry.job() ? of : -1;
            case Target.Nothing() -> -1;
          };
      if (task >= 0) {
        return task;
      }
    }
    return -1;
  }

  /** What is left of the entries in the end. */
  static Map<Integer, Entry> finals(TrafficPlan plan) {
    Map<Integer, Entry> live = new TreeMap<>();
    for (Action action : plan.actions()) {
      switch (action) {
        case Create a -> live.put(a.entry(), a.content());
        case Edit a -> live.put(a.entry(), a.content());
        case Delete a -> live.remove(a.entry());
        default -> {}
      }
    }
    return live;
  }

  private static Map<Integer, Entry> finals() {
    return finals(PLAN);
  }

  private static List<Entry> creates() {
    return PLAN.actions().stream()
        .filter(Create.class::isInstance)
        .map(a -> ((Create) a).content())
        .toList();
  }

  private static List<Entry> allContents() {
    List<Entry> all = new ArrayList<>();
    for (Action action : PLAN.actions()) {
      switch (action) {
        case Create a -> all.add(a.content());
        case Edit a -> all.add(a.content());
        default -> {}
      }
    }
    return all;
  }

  private static Optional<Entry> content(Action action) {
    return switch (action) {
      case Create a -> Optional.of(a.content());
      case Edit a -> Optional.of(a.content());
      default -> Optional.empty();
    };
  }

  private static double share(List<Entry> entries, Predicate<Entry> of) {
    return entries.stream().filter(of).count() / (double) entries.size();
  }

  private static boolean crossesMidnight(Entry entry) {
    LocalDate last = entry.to().minusNanos(1).toLocalDate();
    return !last.equals(entry.day());
  }
}
