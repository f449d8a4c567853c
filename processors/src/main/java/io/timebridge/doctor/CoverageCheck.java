package io.timebridge.doctor;

import io.timebridge.doctor.Finding.Well;
import io.timebridge.doctor.Finding.Wrong;
import io.timebridge.failure.StoreTrouble;
import io.timebridge.mapping.MappingTable;
import io.timebridge.mapping.Uses;
import io.timebridge.services.ServiceTrouble;
import io.timebridge.services.first.HttpFirstService;
import io.timebridge.services.first.TokenPair;
import io.timebridge.services.first.TokenStore;
import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Every label that entries of the last days have names a task. */
final class CoverageCheck {
  private static final int DAYS = 7;
  private static final int SHOWN = 5;
  private static final String CHECK = "./timebridge mapping check";

  private final FirstReads first;
  private final MappingTable table;
  private final Set<Long> excluded;
  private final Clock clock;

  CoverageCheck(FirstReads first, MappingTable table, Set<Long> excluded, Clock clock) {
    this.first = first;
    this.table = table;
    this.excluded = Set.copyOf(excluded);
    this.clock = clock;
  }

  List<Finding> look()
      throws StoreTrouble, ServiceTrouble, TokenStore.Unavailable, InterruptedException {
    TokenPair pair = first.pair();
    if (first.isToBeRefreshed(pair)) {
      return List.of(FirstReads.notNow());
    }
    LocalDate today = LocalDate.now(clock.withZone(ZoneOffset.UTC));
    Uses.Unmapped looked;
    try (HttpFirstService service = first.open(pair)) {
      looked =
          Uses.unmapped(
              table, service, service, excluded, today.minusDays(DAYS), today.plusDays(1));
    }
    if (looked.unmapped().isEmpty()) {
      return List.of(
          new Well(
              "all labels of the last %d days have a task (entries: %d)"
                  .formatted(DAYS, looked.entries())));
    }
    List<Finding> findings = new ArrayList<>();
    looked.unmapped().stream()
        .limit(SHOWN)
        .forEach(label ->
            findings.add(
                new Wrong(
                    "label %d%s has no task; entries of the last %d days that name it: %d"
                        .formatted(
                            label.labelId(),
                            label.label().isEmpty() ? "" : " (" + label.label() + ")",
                            DAYS,
                            label.uses()),
                    "./timebridge mapping set %d -- 'TASK'; `%s` suggests one"
                        .formatted(label.labelId(), CHECK))));
    if (looked.unmapped().size() > SHOWN) {
      findings.add(
          new Wrong(
              (looked.unmapped().size() - SHOWN) + " more labels in use have no task", CHECK));
    }
    return findings;
  }
}
