package io.timebridge.timesheet;

import io.timebridge.services.ServiceTrouble;
import io.timebridge.services.first.FirstService;
import io.timebridge.services.first.FirstService.Label;
import io.timebridge.services.second.SecondService;
import io.timebridge.stream.EntryId;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Who and what the entries speak of: users and labels of FirstService, tasks of SecondService's
 * jobs. Answers are kept for 5 minutes, "not there" for 2 seconds, so that somebody who has just
 * been added is found soon. Thread-safe.
 */
final class Directory {
  private static final Duration KEEP = Duration.ofMinutes(5);
  private static final Duration KEEP_NOTHING = Duration.ofSeconds(2);
  private static final int CAPACITY = 10_000;
  private static final int EMPTY_LOOKS = 3;

  private final TtlCache<Long, Optional<FirstService.User>> users;
  private final TtlCache<Boolean, Map<Long, Label>> labels;
  private final TtlCache<Long, List<SecondService.Task>> tasks;

  private final RetryBudget budget;

  /**
   * @param budget counts, per entry, what a service could not say
   */
  Directory(FirstService first, SecondService second, RetryBudget budget, InstantSource clock) {
    this(first::user, all -> first.labels(), second::tasks, budget, clock);
  }

  /** As the other constructor, with answers from elsewhere. */
  Directory(
      TtlCache.Loader<Long, Optional<FirstService.User>> user,
      TtlCache.Loader<Boolean, List<Label>> labelList,
      TtlCache.Loader<Long, List<SecondService.Task>> taskList,
      RetryBudget budget,
      InstantSource clock) {
    this.budget = budget;
    users =
        new TtlCache<>(
            CAPACITY,
            id -> answered(user.load(id)),
            found -> found.isPresent() && !found.get().externalId().isEmpty(),
            KEEP,
            KEEP_NOTHING,
            clock);
    labels =
        new TtlCache<>(
            1,
            all ->
                answered(labelList.load(all)).stream()
                    .collect(Collectors.toMap(Label::id, Function.identity(), (a, b) -> a)),
            tree -> !tree.isEmpty(),
            KEEP,
            KEEP_NOTHING,
            clock);
    tasks = new TtlCache<>(CAPACITY, taskList, list -> !list.isEmpty(), KEEP, KEEP_NOTHING, clock);
  }

  /** FirstService has answered; on whose behalf it was asked does not matter. */
  private <T> T answered(T answer) {
    budget.carriedOut(RetryBudget.Side.FIRST_SERVICE, "");
    return answer;
  }

  Optional<FirstService.User> user(EntryId entry, long id)
      throws ServiceTrouble, InterruptedException {
    return budget.step(RetryBudget.Side.FIRST_SERVICE, entry.key(), () -> users.get(id));
  }

  /** The user as FirstService has it now. */
  Optional<FirstService.User> freshUser(EntryId entry, long id)
      throws ServiceTrouble, InterruptedException {
    users.forget(id);
    return user(entry, id);
  }

  /** Its external id was refused: the next look asks FirstService. */
  void forgetUser(long id) {
    users.forget(id);
  }

  List<SecondService.Task> tasks(EntryId entry, long jobId)
      throws ServiceTrouble, InterruptedException {
    return budget.step(RetryBudget.Side.SECOND_SERVICE, entry.key(), () -> tasks.get(jobId));
  }

  /**
   * The tasks of a job as SecondService has them now. An empty list is believed when three looks in
   * a row show it: this service now and then gives one by mistake.
   */
  List<SecondService.Task> freshTasks(EntryId entry, long jobId)
      throws ServiceTrouble, InterruptedException {
    List<SecondService.Task> fresh = List.of();
    for (int looks = 0; fresh.isEmpty() && looks < EMPTY_LOOKS; looks++) {
      tasks.forget(jobId);
      fresh = tasks(entry, jobId);
    }
    return fresh;
  }

  /** A task was not found, or was refused: the next look asks SecondService. */
  void forgetTasks(long jobId) {
    tasks.forget(jobId);
  }

  /**
   * The labels among {@code chosen} that name a task: no parent of another chosen one, none below
   * {@code excludedParents}; in the order in which they were chosen. Looks again once when a label
   * is not known.
   */
  List<Label> leaves(EntryId entry, List<Long> chosen, Set<Long> excludedParents)
      throws ServiceTrouble, InterruptedException {
    Map<Long, Label> tree = labelTree(entry);
    if (!tree.keySet().containsAll(chosen)) {
      labels.forget(true);
      tree = labelTree(entry);
    }
    Set<Long> parents = new HashSet<>();
    for (Long id : chosen) {
      ancestors(tree, id, parents);
    }
    Map<Long, Label> known = tree;
    return chosen.stream()
        .filter(id -> !parents.contains(id))
        .map(id -> known.getOrDefault(id, new Label(id, "#" + id, 0, false)))
        .filter(label -> !excluded(known, label.id(), excludedParents))
        .toList();
  }

  private Map<Long, Label> labelTree(EntryId entry) throws ServiceTrouble, InterruptedException {
    return budget.step(RetryBudget.Side.FIRST_SERVICE, entry.key(), () -> labels.get(true));
  }

  private static void ancestors(Map<Long, Label> tree, long id, Set<Long> into) {
    Label label = tree.get(id);
    while (label != null && label.parentId() != 0 && into.add(label.parentId())) {
      label = tree.get(label.parentId());
    }
  }

  private static boolean excluded(Map<Long, Label> tree, long id, Set<Long> excludedParents) {
    Set<Long> above = new HashSet<>(Set.of(id));
    ancestors(tree, id, above);
    return above.stream().anyMatch(excludedParents::contains);
  }
}
