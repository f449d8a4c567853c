package io.timebridge.bootstrap;

import io.timebridge.mapping.Likeness;
import io.timebridge.services.first.FirstService;
import io.timebridge.services.second.SecondService;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which of SecondService's clients and open jobs FirstService has already, by the rules by which
 * the workers find, adopt and make them. A pure function of the listings.
 */
public record Matching(List<Match> clients, List<Match> projects) {
  public Matching {
    clients = List.copyOf(clients);
    projects = List.copyOf(projects);
  }

  /** How a client or job is found. */
  public enum How {
    /** By its external id. */
    MATCHED,
    /** By its exact name, without an external id: it will be adopted. */
    ADOPTED,
    /** It will be made. */
    MISSING
  }

  /**
   * One client or job.
   *
   * @param secondId id in SecondService
   * @param name as it is or will be in FirstService
   * @param firstId id in FirstService; 0 when missing
   * @param remark for people: doubles, and what is nearly called so; empty = nothing to say
   */
  public record Match(long secondId, String name, How how, long firstId, String remark) {}

  /** One thing of FirstService, client or project. */
  private record Thing(long id, String name, String externalId, long clientId) {}

  /**
   * Compares.
   *
   * @param excludedCodes of clients that never reach FirstService
   */
  public static Matching of(
      List<SecondService.Client> clients,
      List<SecondService.Job> jobs,
      List<FirstService.Client> firstClients,
      List<FirstService.Project> firstProjects,
      Set<String> excludedCodes) {
    Finder clientFinder =
        new Finder(
            firstClients.stream()
                .map(c -> new Thing(c.id(), c.name(), c.externalId(), 0))
                .toList());
    List<Match> clientMatches = new ArrayList<>();
    Map<Long, Long> clientIds = new HashMap<>();
    for (SecondService.Client client : clients) {
      if (!excludedCodes.contains(client.code())) {
        Match match = clientFinder.find(client.id(), client.name(), 0);
        clientIds.put(client.id(), match.firstId());
        clientMatches.add(match);
      }
    }
    Finder projectFinder =
        new Finder(
            firstProjects.stream()
                .map(p -> new Thing(p.id(), p.name(), p.externalId(), p.clientId()))
                .toList());
    List<Match> projectMatches = new ArrayList<>();
    for (SecondService.Job job : jobs) {
      if (!excludedCodes.contains(job.clientCode())) {
        long client = clientIds.getOrDefault(job.clientId(), 0L);
        projectMatches.add(
            projectFinder.find(
                job.id(), job.name() + " - " + job.code(), client == 0 ? -1 : client));
      }
    }
    return new Matching(clientMatches, projectMatches);
  }

  /** Finds each thing for at most one owner. */
  private static final class Finder {
    private final List<Thing> things;
    private final Set<Long> adopted = new HashSet<>();

    private final Map<String, List<Thing>> byExternalId = new HashMap<>();
    private final Map<String, List<Thing>> freeByName = new HashMap<>();
    private final Map<String, List<Thing>> freeByLikeness = new HashMap<>();

    Finder(List<Thing> unsorted) {
      things = unsorted.stream().sorted(Comparator.comparingLong(Thing::id)).toList();
      for (Thing thing : things) {
        if (thing.externalId().isEmpty()) {
          add(freeByName, thing.name(), thing);
          add(freeByLikeness, Likeness.normal(thing.name()), thing);
        } else {
          add(byExternalId, thing.externalId(), thing);
        }
      }
    }

    private static void add(Map<String, List<Thing>> map, String key, Thing thing) {
      map.computeIfAbsent(key, k -> new ArrayList<>()).add(thing);
    }

    /**
     * @param client of the thing to adopt: 0 = has none, below 0 = is not there yet
     */
    Match find(long secondId, String name, long client) {
      List<Thing> own = byExternalId.getOrDefault(Long.toString(secondId), List.of());
      if (!own.isEmpty()) {
        String remark =
            own.size() == 1
                ? ""
                : own.size() + " have this external id; the one of the lowest id is used";
        return new Match(secondId, name, How.MATCHED, own.getFirst().id(), remark);
      }
      Optional<Thing> free =
          freeByName.getOrDefault(name, List.of()).stream()
              .filter(thing -> thing.clientId() == client && !adopted.contains(thing.id()))
              .findFirst();
      if (free.isPresent()) {
        adopted.add(free.get().id());
        return new Match(secondId, name, How.ADOPTED, free.get().id(), "");
      }
      String nearly =
          freeByLikeness.getOrDefault(Likeness.normal(name), List.of()).stream()
              .filter(thing -> !adopted.contains(thing.id()))
              .findFirst()
              .map(thing ->
                  "%d \"%s\" is nearly called so, and will not be adopted: give it this name, or external id %d"
                      .formatted(thing.id(), thing.name(), secondId))
              .orElse("");
      return new Match(secondId, name, How.MISSING, 0, nearly);
    }
  }

  /** How many of {@code matches} are found so. */
  public static long count(List<Match> matches, How how) {
    return matches.stream().filter(match -> match.how() == how).count();
  }
}
