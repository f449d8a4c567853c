package io.timebridge.local.traffic;

import io.timebridge.local.sim.SimControl.Effect;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/**
 * When what admins did in SecondService showed in FirstService, and whether anything was ever
 * archived that was open: by the two ledgers alone, over every moment of them. Pure.
 *
 * <p>A change has arrived at the first moment at which FirstService shows its job or client as the
 * change left it, or as a later change did. Changes of excluded clients and of their jobs, and
 * those of a job that is and stays closed, need not arrive.
 */
public final class JobChanges {
  private JobChanges() {}

  /** What changed. */
  public enum Kind {
    NEW_CLIENT,
    RENAMED_CLIENT,
    NEW_JOB,
    RENAMED,
    RECODED,
    MOVED,
    CLOSED,
    REOPENED;

    /** As people write it. */
    public String text() {
      return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
  }

  /**
   * The changes of one kind.
   *
   * @param took how long each that arrived took, the shortest first
   */
  public record Arrivals(int count, List<Duration> took) {
    public Arrivals {
      took = took.stream().sorted().toList();
    }

    /** Zero when none has arrived; of an even number the longer one in the middle. */
    public Duration median() {
      return took.isEmpty() ? Duration.ZERO : took.get(took.size() / 2);
    }

    /** Zero when none has arrived. */
    public Duration longest() {
      return took.isEmpty() ? Duration.ZERO : took.getLast();
    }
  }

  /**
   * What the ledgers say.
   *
   * @param byKind only kinds that occurred
   * @param archivedWhileOpen how often a project was archived without its job having been closed
   * @param examples the first {@value #MOST_EXAMPLES} of what is wrong, for people
   */
  public record Report(Map<Kind, Arrivals> byKind, int archivedWhileOpen, List<String> examples) {
    /** Most examples that are kept. */
    public static final int MOST_EXAMPLES = 20;

    public Report {
      byKind = Map.copyOf(byKind);
      examples = List.copyOf(examples);
    }

    /** Whether every change has arrived and nothing open was ever archived. */
    public boolean isRight() {
      return archivedWhileOpen == 0
          && byKind.values().stream().allMatch(kind -> kind.took().size() == kind.count());
    }
  }

  /** How SecondService's job or client is. {@code client}: 0 for a client. */
  private record Wanted(String name, String code, long client, boolean open) {}

  /** How FirstService has it. {@code client}: the external id, 0 for a client. */
  private record Shown(String name, long client, boolean active) {}

  private record At<T>(long n, Instant at, T state) {}

  /**
   * Judges.
   *
   * @param first FirstService's whole ledger
   * @param second SecondService's whole ledger
   * @param after changes numbered above this in {@code second} are counted
   */
  public static Report judge(
      List<Effect> first, List<Effect> second, long after, Set<String> excludedClientCodes) {
    return new Judge(excludedClientCodes, after).judge(first, second);
  }

  private static final class Judge {
    private final Set<String> excludedCodes;
    private final long after;
    private final Map<Long, String> codes = new HashMap<>();
    private final Map<Kind, List<Duration>> took = new EnumMap<>(Kind.class);
    private final Map<Kind, Integer> counts = new EnumMap<>(Kind.class);
    private final List<String> examples = new ArrayList<>();
    private int archivedWhileOpen;

    Judge(Set<String> excludedCodes, long after) {
      this.excludedCodes = excludedCodes;
      this.after = after;
    }

    Report judge(List<Effect> first, List<Effect> second) {
      Map<Long, List<At<Wanted>>> jobs = new TreeMap<>();
      Map<Long, List<At<Wanted>>> clients = new TreeMap<>();
      for (Effect effect : second) {
        JsonNode is = effect.content();
        if (effect.op().startsWith("client.")) {
          long id = Fields.id(effect.ids(), "idClient");
          codes.put(id, Fields.text(is, "strClientCode"));
          add(clients, id, effect, client(is));
        } else if (effect.op().startsWith("job.") && is.has("strJobName")) {
          add(jobs, Fields.id(effect.ids(), "idJob"), effect, job(is));
        }
      }
      Map<Long, List<At<Shown>>> projects = new HashMap<>();
      Map<Long, List<At<Shown>>> firstClients = new HashMap<>();
      for (Effect effect : first) {
        JsonNode is = effect.content();
        Optional<Long> external = Fields.optionalId(is, "external_id");
        if (external.isPresent() && effect.op().startsWith("project.")) {
          add(projects, external.get(), effect, project(is));
        } else if (external.isPresent() && effect.op().startsWith("client.")) {
          Shown shown = new Shown(Fields.text(is, "name"), 0, true);
          add(firstClients, external.get(), effect, shown);
        }
      }
      clients.forEach((id, wanted) -> {
        if (!excluded(id)) {
          arrivals("client " + id, wanted, firstClients.getOrDefault(id, List.of()));
        }
      });
      jobs.forEach((id, wanted) -> {
        List<At<Shown>> shown = projects.getOrDefault(id, List.of());
        archivals(id, wanted, shown);
        if (!excluded(wanted.getLast().state().client())) {
          arrivals("job " + id, wanted, shown);
        }
      });
      Map<Kind, Arrivals> byKind = new EnumMap<>(Kind.class);
      counts.forEach((kind, count) ->
          byKind.put(kind, new Arrivals(count, took.getOrDefault(kind, List.of()))));
      return new Report(byKind, archivedWhileOpen, examples);
    }

    private static <T> void add(Map<Long, List<At<T>>> to, long id, Effect effect, T state) {
      to.computeIfAbsent(id, key -> new ArrayList<>())
          .add(new At<>(effect.n(), effect.at(), state));
    }

    private boolean excluded(long client) {
      return excludedCodes.contains(codes.getOrDefault(client, ""));
    }

    private void arrivals(String what, List<At<Wanted>> wanted, List<At<Shown>> shown) {
      for (int i = 0; i < wanted.size(); i++) {
        At<Wanted> change = wanted.get(i);
        Optional<Kind> kind = i == 0 ? Optional.of(made(change)) : kind(wanted, i);
        if (change.n() <= after || kind.isEmpty()) {
          continue;
        }
        counts.merge(kind.get(), 1, Integer::sum);
        Optional<Instant> at = arrival(wanted.subList(i, wanted.size()), shown);
        if (at.isPresent()) {
          took.computeIfAbsent(kind.get(), k -> new ArrayList<>())
              .add(Duration.between(change.at(), at.get()));
        } else {
          example("%s, %s, has not arrived: %s".formatted(what, kind.get().text(), change.state()));
        }
      }
    }

    private static Kind made(At<Wanted> first) {
      return first.state().client() == 0 ? Kind.NEW_CLIENT : Kind.NEW_JOB;
    }

    private static Optional<Kind> kind(List<At<Wanted>> wanted, int i) {
      Wanted is = wanted.get(i).state();
      Wanted was = wanted.get(i - 1).state();
      if (is.client() == 0) {
        return is.name().equals(was.name()) ? Optional.empty() : Optional.of(Kind.RENAMED_CLIENT);
      }
      if (is.open() != was.open()) {
        return Optional.of(is.open() ? Kind.REOPENED : Kind.CLOSED);
      }
      if (!is.open() || is.equals(was)) {
        return Optional.empty();
      }
      return Optional.of(
          is.client() != was.client()
              ? Kind.MOVED
              : is.code().equals(was.code()) ? Kind.RENAMED : Kind.RECODED);
    }

    /** When the first of these states, or a later one, was to be seen. */
    private static Optional<Instant> arrival(List<At<Wanted>> wanted, List<At<Shown>> shown) {
      Optional<Instant> first = Optional.empty();
      for (At<Wanted> state : wanted) {
        Optional<Instant> at = seen(state, shown);
        if (at.isPresent() && (first.isEmpty() || at.get().isBefore(first.get()))) {
          first = at;
        }
      }
      return first;
    }

    private static Optional<Instant> seen(At<Wanted> state, List<At<Shown>> shown) {
      Optional<Instant> before = Optional.empty();
      for (At<Shown> each : shown) {
        boolean later = each.at().isAfter(state.at());
        boolean fits = shows(each.state(), state.state());
        if (later && before.isPresent()) {
          return before;
        }
        if (later && fits) {
          return Optional.of(each.at());
        }
        if (!later) {
          before = fits ? Optional.of(state.at()) : Optional.empty();
        }
      }
      return before;
    }

    /** A closed job's project keeps the name and the client it had. */
    private static boolean shows(Shown shown, Wanted wanted) {
      if (wanted.client() == 0) {
        return shown.name().equals(wanted.name());
      }
      return shown.active() == wanted.open()
          && (!wanted.open()
              || (shown.client() == wanted.client()
                  && shown.name().equals(wanted.name() + " - " + wanted.code())));
    }

    /** The k-th archiving of a project needs k closings of its job before it. */
    private void archivals(long job, List<At<Wanted>> wanted, List<At<Shown>> shown) {
      int archivings = 0;
      boolean active = true;
      for (At<Shown> each : shown) {
        if (active && !each.state().active() && ++archivings > closings(wanted, each.at())) {
          archivedWhileOpen++;
          example(
              "the project of job %d was archived at %s, and the job was open"
                  .formatted(job, each.at()));
        }
        active = each.state().active();
      }
    }

    private static int closings(List<At<Wanted>> wanted, Instant until) {
      int closings = 0;
      boolean open = true;
      for (At<Wanted> each : wanted) {
        if (!each.at().isAfter(until)) {
          closings += open && !each.state().open() ? 1 : 0;
          open = each.state().open();
        }
      }
      return closings;
    }

    private void example(String text) {
      if (examples.size() < Report.MOST_EXAMPLES) {
        examples.add(text);
      }
    }
  }

  private static Wanted client(JsonNode is) {
    return new Wanted(Fields.text(is, "strClientName"), Fields.text(is, "strClientCode"), 0, true);
  }

  private static Wanted job(JsonNode is) {
    return new Wanted(
        Fields.text(is, "strJobName"),
        Fields.text(is, "strJobCode"),
        Fields.id(is, "idClient"),
        !Fields.flag(is, "closed") && !Fields.flag(is, "archived"));
  }

  private static Shown project(JsonNode is) {
    return new Shown(
        Fields.text(is, "name"),
        Fields.optionalId(is.path("client"), "external_id").orElse(0L),
        Fields.flag(is, "active"));
  }
}
