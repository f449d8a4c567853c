package io.timebridge.local.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.timebridge.local.chaos.ChaosTraffic.Deed;
import io.timebridge.local.chaos.ChaosTraffic.JobDeed;
import io.timebridge.local.chaos.ChaosTraffic.OfEntry;
import io.timebridge.local.chaos.ChaosTraffic.OfJobs;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ChaosTrafficTest {
  static LongStream seeds() {
    return LongStream.range(0, 50);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void only_does_to_an_entry_what_can_be_done_to_it(long seed) {
    lives(seed)
        .forEach((entry, life) -> {
          assertThat(life.getFirst().deed()).isEqualTo(Deed.CREATE);
          for (int i = 1; i < life.size(); i++) {
            boolean deletedBefore = life.get(i - 1).deed() == Deed.DELETE;
            assertThat(life.get(i).deed() == Deed.RESTORE)
                .as("seed %d, entry %d: %s", seed, entry, life)
                .isEqualTo(deletedBefore);
            assertThat(life.get(i).deed()).isNotEqualTo(Deed.CREATE);
          }
        });
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void lets_another_event_of_the_entry_follow_a_lost_one(long seed) {
    assertThat(lives(seed).values()).noneMatch(life -> life.getLast().lost());
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void makes_a_client_and_a_job_before_anything_else_is_done_to_jobs(long seed) {
    List<JobDeed> deeds =
        ChaosTraffic.generate(seed).actions().stream()
            .filter(OfJobs.class::isInstance)
            .map(action -> ((OfJobs) action).deed())
            .toList();
    assertThat(deeds).startsWith(JobDeed.NEW_CLIENT, JobDeed.NEW_JOB).hasSizeGreaterThan(8);
  }

  @Test
  void does_everything_there_is_to_do_and_loses_some() {
    List<OfEntry> all = seeds().boxed().flatMap(s -> entryActions(s).stream()).toList();

    assertThat(all).anyMatch(OfEntry::lost);
    assertThat(all.stream().map(OfEntry::deed).collect(Collectors.toSet()))
        .isEqualTo(EnumSet.allOf(Deed.class));
    Set<JobDeed> jobs =
        seeds()
            .boxed()
            .flatMap(s -> ChaosTraffic.generate(s).actions().stream())
            .filter(OfJobs.class::isInstance)
            .map(action -> ((OfJobs) action).deed())
            .collect(Collectors.toSet());
    assertThat(jobs).isEqualTo(EnumSet.allOf(JobDeed.class));
  }

  @Test
  void is_the_same_for_the_same_seed() {
    assertThat(ChaosTraffic.generate(5)).isEqualTo(ChaosTraffic.generate(5));
    assertThat(ChaosTraffic.generate(5)).isNotEqualTo(ChaosTraffic.generate(6));
  }

  private static List<OfEntry> entryActions(long seed) {
    return ChaosTraffic.generate(seed).actions().stream()
        .filter(OfEntry.class::isInstance)
        .map(OfEntry.class::cast)
        .toList();
  }

  private static Map<Integer, List<OfEntry>> lives(long seed) {
    return entryActions(seed).stream()
        .collect(Collectors.groupingBy(OfEntry::entry, TreeMap::new, Collectors.toList()));
  }
}
