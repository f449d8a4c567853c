package io.timebridge.local.traffic;

import io.timebridge.local.traffic.TrafficPlan.Action;
import io.timebridge.local.traffic.TrafficPlan.CloseJob;
import io.timebridge.local.traffic.TrafficPlan.Create;
import io.timebridge.local.traffic.TrafficPlan.Delete;
import io.timebridge.local.traffic.TrafficPlan.Edit;
import io.timebridge.local.traffic.TrafficPlan.Entry;
import io.timebridge.local.traffic.TrafficPlan.MoveJob;
import io.timebridge.local.traffic.TrafficPlan.NewClient;
import io.timebridge.local.traffic.TrafficPlan.RecodeJob;
import io.timebridge.local.traffic.TrafficPlan.RenameClient;
import io.timebridge.local.traffic.TrafficPlan.RenameJob;
import io.timebridge.local.traffic.TrafficPlan.ReopenJob;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Puts a plan together: the company, then every entry's life, then what admins do meanwhile. */
final class PlanMaker {
  /** A Monday. */
  private static final LocalDate FIRST_DAY = LocalDate.of(2026, 6, 1);

  private static final double DELETED = 0.08;

  /** Shares of entries with 0, 1, ... 5 edits. */
  private static final double[] EDITS = {0.42, 0.26, 0.15, 0.09, 0.05, 0.03};

  /** What names of jobs and clients hold in practice. */
  static final String QUOTES =
      " \"double\" 'single' \u201ctypographic\u201d \u2018too\u2019 `back` \u00abguillemets\u00bb \u201elow\u201c \\ & <b> ''";

  private final long seed;
  private final int entries;
  private final Draw draw;
  private final Company company;
  private final EntryMaker maker;
  private final List<Action> actions = new ArrayList<>();

  PlanMaker(long seed, int entries, int users) {
    this.seed = seed;
    this.entries = entries;
    this.draw = new Draw(seed);
    this.company = new Company(draw, entries, users);
    this.maker = new EntryMaker(draw, company, entries, FIRST_DAY);
  }

  TrafficPlan make() {
    boolean[] deleted = draw.flags(entries, DELETED);
    for (int e = 0; e < entries; e++) {
      live(e, deleted[e]);
    }
    administer();
    // stable, and times within one entry grow: an entry's own order is kept
    actions.sort(Comparator.comparing(Action::at));
    return new TrafficPlan(
        seed, company.clients, company.jobs, company.labels, company.people, actions);
  }

  private void live(int entry, boolean deleted) {
    Entry content = maker.create(entry);
    Instant at = content.to().toInstant().plusSeconds(draw.between(1, 600));
    actions.add(new Create(at, entry, content));
    int edits = edits();
    for (int i = 0; i < edits; i++) {
      at = at.plus(pause(0.8));
      content = maker.edit(entry, content);
      actions.add(new Edit(at, entry, content));
    }
    if (deleted) {
      actions.add(new Delete(at.plus(pause(0.5)), entry));
    }
  }

  private int edits() {
    double left = draw.between(0, 9_999) / 10_000.0;
    for (int edits = 0; edits < EDITS.length; edits++) {
      left -= EDITS[edits];
      if (left < 0) {
        return edits;
      }
    }
    return 0;
  }

  /** Mostly minutes, else a day or so. */
  private Duration pause(double soon) {
    double seconds = draw.chance(soon) ? draw.exponential(180) : draw.exponential(86_400);
    return Duration.ofSeconds(1 + (long) seconds);
  }

  private void administer() {
    List<Instant> all = actions.stream().map(Action::at).sorted().toList();
    Instant from = all.getFirst();
    Instant to = all.getLast().plusSeconds(1);
    List<Integer> free = company.freeJobs();
    // few closures: a poller rightly refuses to believe that a large share of the jobs closed at
    // once
    int closures = Math.min(3, free.size());
    for (int i = 0; i < free.size(); i++) {
      int job = free.get(i);
      List<Instant> times = draw.shuffled(times(from, to)).stream().sorted().toList();
      if (i < closures) {
        actions.add(new CloseJob(times.get(0), job));
        if (i % 2 == 1) {
          actions.add(new ReopenJob(times.get(1), job));
        }
      } else if (i == closures || draw.chance(0.5)) {
        actions.add(new MoveJob(times.get(0), job, otherClient(job)));
      }
    }
    List<Integer> tracked = company.trackedJobs();
    for (int i = 0; i < tracked.size(); i++) {
      int job = tracked.get(i);
      if (i == 0 || draw.chance(0.15)) {
        Instant at = draw.oneOf(times(from, to));
        actions.add(new RenameJob(at, job, company.jobs.get(job).name() + QUOTES));
      }
      if (i == tracked.size() - 1 || draw.chance(0.1)) {
        Instant at = draw.oneOf(times(from, to));
        actions.add(new RecodeJob(at, job, company.jobs.get(job).code() + "/B"));
      }
    }
    List<Integer> open = company.openClients();
    for (int i = 0; i < open.size(); i++) {
      if (i == 0 || draw.chance(0.1)) {
        Instant at = draw.oneOf(times(from, to));
        String name = company.clients.get(open.get(i)).name();
        actions.add(new RenameClient(at, open.get(i), name + " GmbH"));
      }
    }
    Instant at = draw.oneOf(times(from, to));
    actions.add(new NewClient(at, "NEW", "Neu & Söhne" + QUOTES, "N-1", "Première visite"));
  }

  private int otherClient(int job) {
    return draw.oneOf(
        company.openClients().stream()
            .filter(client -> client != company.jobs.get(job).client())
            .toList());
  }

  private List<Instant> times(Instant from, Instant to) {
    int seconds = (int) Math.min(Integer.MAX_VALUE - 1, Duration.between(from, to).toSeconds());
    return List.of(
        from.plusSeconds(draw.below(seconds)),
        from.plusSeconds(draw.below(seconds)),
        from.plusSeconds(draw.below(seconds)));
  }
}
