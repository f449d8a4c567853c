package io.timebridge.local.traffic;

import io.timebridge.local.traffic.TrafficPlan.Client;
import io.timebridge.local.traffic.TrafficPlan.Job;
import io.timebridge.local.traffic.TrafficPlan.Label;
import io.timebridge.local.traffic.TrafficPlan.Person;
import io.timebridge.local.traffic.TrafficPlan.Target;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/** The standing things of a plan: clients, jobs with tasks, people, and labels that name tasks. */
final class Company {
  private static final List<String> TASKS =
      List.of(
          "Team Meeting",
          "Design",
          "Build",
          "Review",
          "Support",
          "Travel",
          "Planning & Quotes",
          "Testing",
          "Documentation",
          "Größenprüfung");

  private static final List<String> FIRMS =
      List.of("Acme", "Müller & Söhne", "O'Neill \"Steel\"", "東京建設", "Café Noir", "Nord<>Süd");

  private static final List<String> WORKS =
      List.of(
          "Site", "Bridge & Road", "Haus Größe", "Phase \"2\"", "改修", "Fit-out", "Survey\nNorth");

  private static final List<String> NAMES =
      List.of("Ana", "Björn", "Chloé", "Dmitri", "Eşra", "Fatou", "Gráinne", "Hiroko", "Ivo");

  private static final List<ZoneOffset> OFFSETS =
      List.of(
          ZoneOffset.ofHours(10),
          ZoneOffset.ofHours(2),
          ZoneOffset.ofHoursMinutes(9, 30),
          ZoneOffset.ofHours(-7),
          ZoneOffset.UTC);

  private static final List<String> VARIANTS = List.of("%s", " %s ", "%S");

  private final Draw draw;
  private final Set<Integer> parents = new HashSet<>();
  private final Map<Integer, List<Integer>> mappedLeaves = new HashMap<>();
  final List<Client> clients = new ArrayList<>();
  final List<Job> jobs = new ArrayList<>();
  final List<Label> labels = new ArrayList<>();
  final List<Person> people = new ArrayList<>();

  Company(Draw draw, int entries, int users) {
    this.draw = draw;
    addClients(Math.clamp(4 + entries / 150, 5, 60));
    addPeople(users);
    addLabels();
  }

  private void addClients(int count) {
    for (int c = 0; c < count; c++) {
      boolean excluded = c == count - 1;
      clients.add(
          new Client(
              excluded ? "ZZ-INT" : "C%03d".formatted(c),
              draw.oneOf(FIRMS) + " " + (c + 1),
              excluded));
      int ofClient = draw.between(2, 4);
      for (int j = 0; j < ofClient; j++) {
        // the last job of a client is for the admins to play with
        boolean tracked = !excluded && (j == 0 || j < ofClient - 1);
        jobs.add(
            new Job(c, "J-%d".formatted(1000 + jobs.size()), draw.oneOf(WORKS), tasks(), tracked));
      }
    }
  }

  private List<String> tasks() {
    List<String> some = draw.shuffled(TASKS.subList(1, TASKS.size()));
    List<String> tasks = new ArrayList<>(some.subList(0, draw.between(3, 6)));
    tasks.addFirst(TASKS.getFirst());
    return tasks;
  }

  private void addPeople(int users) {
    for (int u = 0; u < users; u++) {
      String name = NAMES.get(u % NAMES.size());
      people.add(
          new Person(
              name + " " + (u + 1),
              "user%d@example.com".formatted(u + 1),
              users == 1 || u < users - 1,
              OFFSETS.get(u % OFFSETS.size())));
    }
  }

  private void addLabels() {
    int internal = add("Internal", -1, new Target.Nothing());
    int project = add("Project work", -1, new Target.Nothing());
    int site = add("On site", -1, new Target.Nothing());
    int crew = add("Crew", site, new Target.Nothing());
    for (int t = 0; t < TASKS.size(); t++) {
      String task = TASKS.get(t);
      String written = String.format(Locale.ROOT, VARIANTS.get(t % VARIANTS.size()), task);
      add(task, -1, new Target.TaskNamed(written));
      add(task + " (draft)", t % 2 == 0 ? project : internal, new Target.TaskNamed(task));
    }
    add("TeamMeeting", -1, new Target.TaskNamed("Team Meeting"));
    add("Team  meeting", internal, new Target.TaskNamed("team meeting"));
    add("Code Review", -1, new Target.TaskNamed("Review"));
    add("code review", -1, new Target.TaskNamed("Review"));
    add("Crew travel", crew, new Target.TaskNamed("Travel"));
    add("Crew build", crew, new Target.TaskNamed("Build"));
    for (int j : trackedJobs()) {
      if (j % 3 == 0) {
        int task = draw.below(jobs.get(j).tasks().size());
        String code = jobs.get(j).code().toLowerCase(Locale.ROOT);
        add("Special " + code, draw.chance(0.5) ? project : -1, new Target.TaskOf(j, task));
      }
    }
    add("Ideas", -1, new Target.Nothing());
    add("Büro – Sonstiges 🤷", -1, new Target.Nothing());
  }

  private int add(String name, int parent, Target target) {
    labels.add(new Label(name, parent, target));
    parents.add(parent);
    return labels.size() - 1;
  }

  List<Integer> trackedJobs() {
    return IntStream.range(0, jobs.size()).filter(j -> jobs.get(j).tracked()).boxed().toList();
  }

  List<Integer> freeJobs() {
    return IntStream.range(0, jobs.size())
        .filter(j -> !jobs.get(j).tracked() && !clients.get(jobs.get(j).client()).excluded())
        .boxed()
        .toList();
  }

  List<Integer> openClients() {
    return IntStream.range(0, clients.size())
        .filter(c -> !clients.get(c).excluded())
        .boxed()
        .toList();
  }

  boolean isLeaf(int label) {
    return !parents.contains(label);
  }

  boolean isRoot(int label) {
    return labels.get(label).parent() < 0;
  }

  /** Leaves of the label tree that name no task in any job. */
  List<Integer> unmappedLeaves() {
    return IntStream.range(0, labels.size())
        .filter(l -> isLeaf(l) && labels.get(l).target() instanceof Target.Nothing)
        .boxed()
        .toList();
  }

  /** Leaves of the label tree that name a task of the job. */
  List<Integer> mappedLeaves(int job) {
    return mappedLeaves.computeIfAbsent(
        job,
        j ->
            IntStream.range(0, labels.size())
                .filter(l -> isLeaf(l) && names(l, j))
                .boxed()
                .toList());
  }

  boolean names(int label, int job) {
    return switch (labels.get(label).target()) {
      case Target.TaskNamed(String name) ->
          jobs.get(job).tasks().stream().anyMatch(t -> t.equalsIgnoreCase(name.strip()));
      case Target.TaskOf taskOf -> taskOf.job() == job;
      case Target.Nothing() -> false;
    };
  }

  /** The label and its parents, either way round. */
  List<Integer> withParents(int label) {
    List<Integer> chain = new ArrayList<>();
    for (int l = label; l >= 0; l = labels.get(l).parent()) {
      chain.add(l);
    }
    return draw.chance(0.5) ? chain : chain.reversed();
  }
}
