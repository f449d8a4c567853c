package io.timebridge.mapping;

import io.timebridge.failure.StoreTrouble;
import io.timebridge.mapping.Finding.Kind;
import io.timebridge.services.ServiceTrouble;
import io.timebridge.services.first.EntryListing;
import io.timebridge.services.first.FirstService;
import io.timebridge.services.first.FirstService.Label;
import io.timebridge.services.http.LooseJson;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;

/** How often entries name a label, counted for the label that names their task. */
public final class Uses {
  private static final int TELL_EVERY = 1000;

  private Uses() {}

  /**
   * What was counted.
   *
   * @param entries that were looked at
   * @param unmapped labels in use that no task is mapped to, those most used first
   */
  public record Unmapped(long entries, List<Finding> unmapped) {
    public Unmapped {
      unmapped = List.copyOf(unmapped);
    }
  }

  /**
   * The labels that entries of these days have and that no task is mapped to. Asks FirstService
   * alone, for its labels and these entries, each page once; changes nothing.
   *
   * @param excluded parent labels that never name a task
   */
  public static Unmapped unmapped(
      MappingTable table,
      FirstService first,
      EntryListing entries,
      Set<Long> excluded,
      LocalDate since,
      LocalDate upto)
      throws StoreTrouble, ServiceTrouble, InterruptedException {
    var mappings = table.all();
    List<Label> labels = first.labels();
    LabelTree tree = new LabelTree(labels);
    Map<Long, Long> uses = new HashMap<>();
    long counted = count(entries, since, upto, tree, excluded, uses, told -> {});
    Picture.Tasks unknown = new Picture.Tasks(Map.of(), Set.of(), false);
    return new Unmapped(
        counted,
        Judge.of(new Picture(tree, mappings, uses, unknown, excluded)).stream()
            .filter(finding -> finding.kind() == Kind.UNMAPPED_LABEL && finding.uses() > 0)
            .toList());
  }

  /** Adds to {@code uses}; gives the number of entries. */
  static long count(
      EntryListing entries,
      LocalDate since,
      LocalDate upto,
      LabelTree tree,
      Set<Long> excluded,
      Map<Long, Long> uses,
      Consumer<String> progress)
      throws ServiceTrouble, InterruptedException {
    long[] counted = {0};
    // Not again after trouble: pages that were counted would count twice.
    entries.entries(
        since,
        upto,
        entry -> {
          tree.leaves(labelIds(entry), excluded).forEach(id -> uses.merge(id, 1L, Long::sum));
          counted[0]++;
          if (counted[0] % TELL_EVERY == 0) {
            progress.accept(counted[0] + " entries since " + since);
          }
        });
    progress.accept(counted[0] + " entries since " + since);
    return counted[0];
  }

  private static List<Long> labelIds(JsonNode entry) {
    return entry
        .path("label_ids")
        .valueStream()
        .flatMap(id -> LooseJson.whole(id).stream().boxed())
        .toList();
  }
}
