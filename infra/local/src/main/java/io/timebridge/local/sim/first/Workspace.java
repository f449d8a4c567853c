package io.timebridge.local.sim.first;

import io.timebridge.local.sim.first.FirstServiceSim.Options;
import io.timebridge.local.sim.first.FirstServiceSim.Quirks;
import io.timebridge.local.sim.first.Rows.Client;
import io.timebridge.local.sim.first.Rows.Entry;
import io.timebridge.local.sim.first.Rows.Label;
import io.timebridge.local.sim.first.Rows.Project;
import io.timebridge.local.sim.first.Rows.User;
import io.timebridge.local.sim.http.BadRequest;
import io.timebridge.local.sim.http.Json;
import io.timebridge.local.sim.http.Ledger;
import java.time.InstantSource;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Users, labels, clients, projects and entries. A change is made whole, written to the ledger and
 * handed to the deliveries under one lock: order of state, ledger and webhooks is one. Ids of
 * different kinds come from ranges that do not meet.
 *
 * @implNote {@code lock} guards all fields. Under it are taken the ledger's lock and those of the
 *     deliveries.
 */
final class Workspace {
  private static final List<String> ENABLE_LABELS = List.of("all", "custom", "none");

  private final ReentrantLock lock = new ReentrantLock();
  private final TreeMap<Long, User> users = new TreeMap<>();
  private final TreeMap<Long, Label> labels = new TreeMap<>();
  private final TreeMap<Long, Client> clients = new TreeMap<>();
  private final TreeMap<Long, Project> projects = new TreeMap<>();
  private final TreeMap<Long, Entry> entries = new TreeMap<>();
  private final long account;
  private final Quirks quirks;
  private final Random random;
  private final InstantSource clock;
  private final Ledger ledger;
  private final Deliveries deliveries;
  private long lastUser = 10;
  private long lastLabel = 2_000;
  private long lastClient = 400;
  private long lastProject = 6_000;
  private long lastEntry = 80_000;
  private long lastSuggestion = 900_000;

  Workspace(Options options, Ledger ledger, Deliveries deliveries) {
    this.account = options.accountId();
    this.quirks = options.quirks();
    this.random = new Random(quirks.seed());
    this.clock = options.clock();
    this.ledger = ledger;
    this.deliveries = deliveries;
  }

  private <T> T locked(Supplier<T> work) {
    lock.lock();
    try {
      return work.get();
    } finally {
      lock.unlock();
    }
  }

  // ---- entries, as people track time

  ObjectNode createEntry(JsonNode body) {
    return locked(() -> {
      long now = clock.instant().getEpochSecond();
      Entry entry = EntryFields.create(lastEntry + 1, body, now);
      checkReferences(entry);
      lastEntry++;
      return changed("event.create", "hours:created", entry);
    });
  }

  ObjectNode editEntry(long id, JsonNode body) {
    return locked(() -> {
      Entry old = live(id);
      Entry edited = EntryFields.edit(old, body, later(old));
      checkReferences(edited);
      return changed("event.edit", "hours:updated", edited);
    });
  }

  ObjectNode deleteEntry(long id) {
    return locked(() -> {
      Entry old = live(id);
      changed("event.delete", "hours:deleted", old.stamped(true, later(old)));
      return Json.object();
    });
  }

  /** Brings a deleted entry back, which FirstService tells as an update. */
  ObjectNode restoreEntry(long id) {
    return locked(() -> {
      Entry old = present(entries, id, "entry");
      if (!old.deleted()) {
        throw new BadRequest("entry " + id + " is not deleted");
      }
      return changed("event.edit", "hours:updated", old.stamped(false, later(old)));
    });
  }

  /** Tells of an AI suggestion; nothing changes. */
  ObjectNode suggest() {
    return locked(() -> {
      long id = ++lastSuggestion;
      deliveries.announce(
          new Deliveries.Change(
              "hours:created", id, "/1.1/" + account + "/suggested_hours/" + id, Optional.empty()));
      return Json.object().put("id", id);
    });
  }

  private ObjectNode changed(String op, String subscription, Entry entry) {
    entries.put(entry.id(), entry);
    ObjectNode content = event(entry, false);
    ledger.append(op, Json.object().put("id", entry.id()), content);
    ObjectNode full = entry.deleted() ? deletedShape(entry) : event(entry, drawPlainSeconds());
    deliveries.announce(
        new Deliveries.Change(
            subscription,
            entry.id(),
            "/1.1/" + account + "/hours/" + entry.id(),
            Optional.of(full)));
    return content;
  }

  private ObjectNode deletedShape(Entry entry) {
    ObjectNode shape = Json.object().put("id", entry.id()).put("deleted", true);
    return quirks.deleteWithoutUpdatedAt() ? shape : shape.put("updated_at", entry.updatedAt());
  }

  /** Later than the last change of this entry, by a second if need be; ties only by option. */
  private long later(Entry old) {
    long now = clock.instant().getEpochSecond();
    return Math.max(now, quirks.sameSecondTies() ? old.updatedAt() : old.updatedAt() + 1);
  }

  private Entry live(long id) {
    Entry entry = present(entries, id, "entry");
    if (entry.deleted()) {
      throw new BadRequest("entry " + id + " is deleted");
    }
    return entry;
  }

  private void checkReferences(Entry entry) {
    present(users, entry.user(), "user");
    present(projects, entry.project(), "project");
    entry.labels().forEach(label -> present(labels, label, "label"));
  }

  private boolean drawPlainSeconds() {
    return random.nextDouble() < quirks.durationAsSeconds();
  }

  private ObjectNode event(Entry entry, boolean plainSeconds) {
    Project project = present(projects, entry.project(), "project");
    return EventShape.of(
        entry,
        present(users, entry.user(), "user"),
        project,
        present(clients, project.client(), "client"),
        withParents(entry),
        plainSeconds);
  }

  /**
   * The chosen labels and all above them; the chosen ones first for odd entries, last for even
   * ones.
   */
  private List<Long> withParents(Entry entry) {
    List<Long> all = new ArrayList<>(entry.labels());
    for (int i = 0; i < all.size(); i++) {
      Long parent = present(labels, all.get(i), "label").parent();
      if (parent != null && !all.contains(parent)) {
        all.add(parent);
      }
    }
    return entry.id() % 2 == 0 ? all.reversed() : all;
  }

  /**
   * An Event as the API answers it; a deleted one is sometimes still shown, with {@code deleted:
   * true}.
   */
  Optional<ObjectNode> event(long id) {
    return locked(() ->
        Optional.ofNullable(entries.get(id))
            .filter(entry -> !entry.deleted() || random.nextDouble() < quirks.deletedAs200())
            .map(entry -> event(entry, drawPlainSeconds())));
  }

  /** The Events of these days, both included, without deleted ones. */
  List<ObjectNode> events(LocalDate since, LocalDate upto) {
    return locked(() ->
        entries.values().stream()
            .filter(entry -> !entry.deleted())
            .filter(entry -> !entry.day().isBefore(since) && !entry.day().isAfter(upto))
            .map(entry -> event(entry, drawPlainSeconds()))
            .toList());
  }

  // ---- clients and projects, as the API changes them

  Saved createClient(JsonNode body) {
    return locked(() -> saveClient(body, null));
  }

  Saved updateClient(long id, JsonNode body) {
    return locked(
        () -> clients.containsKey(id) ? saveClient(body, clients.get(id)) : new Saved.Missing());
  }

  private Saved saveClient(JsonNode body, @Nullable Client old) {
    Fields fields = new Fields(body);
    Client client =
        new Client(
            old == null ? lastClient + 1 : old.id(),
            fields.name("name", old == null ? null : old.name()),
            fields.code("external_id", old == null ? null : old.externalId()),
            fields.flag("active", old == null || old.active()));
    if (!fields.errors().isEmpty()) {
      return new Saved.Invalid(fields.errors());
    }
    lastClient = Math.max(lastClient, client.id());
    clients.put(client.id(), client);
    String op = old == null ? "client.create" : "client.update";
    ledger.append(op, Json.object().put("id", client.id()), client.json());
    return new Saved.Done(client.json());
  }

  Saved createProject(JsonNode body) {
    return locked(() -> saveProject(body, null));
  }

  Saved updateProject(long id, JsonNode body) {
    return locked(
        () -> projects.containsKey(id) ? saveProject(body, projects.get(id)) : new Saved.Missing());
  }

  /** Two projects may have the same external_id: FirstService does not mind. */
  private Saved saveProject(JsonNode body, @Nullable Project old) {
    Fields fields = new Fields(body);
    long client = fields.reference("client").orElse(old == null ? -1L : old.client());
    if (!clients.containsKey(client)) {
      fields.wrong("client_id", "must exist");
    }
    Project project =
        new Project(
            old == null ? lastProject + 1 : old.id(),
            fields.name("name", old == null ? null : old.name()),
            fields.flag("active", old == null || old.active()),
            fields.code("external_id", old == null ? null : old.externalId()),
            client,
            fields.name("rate_type", old == null ? "project" : old.rateType()),
            fields.oneOf("enable_labels", old == null ? "all" : old.enableLabels(), ENABLE_LABELS),
            fields.ids("label_ids", old == null ? List.of() : old.labels()),
            fields.flag("required_labels", old != null && old.requiredLabels()));
    if (!fields.errors().isEmpty()) {
      return new Saved.Invalid(fields.errors());
    }
    lastProject = Math.max(lastProject, project.id());
    projects.put(project.id(), project);
    ObjectNode json = json(project);
    String op = old == null ? "project.create" : "project.update";
    ledger.append(op, Json.object().put("id", project.id()), json);
    return new Saved.Done(json);
  }

  private ObjectNode json(Project project) {
    return project.json(present(clients, project.client(), "client"));
  }

  List<ObjectNode> clients() {
    return locked(() -> clients.values().stream().map(Client::json).toList());
  }

  List<ObjectNode> projects() {
    return locked(() -> projects.values().stream().map(this::json).toList());
  }

  // ---- users and labels

  ObjectNode addUser(JsonNode body) {
    return locked(() -> {
      User user =
          new User(
              lastUser + 1,
              Json.string(body, "email"),
              Json.string(body, "name"),
              Json.optionalString(body, "external_id").orElse(null),
              Json.flag(body, "active", true));
      lastUser++;
      users.put(user.id(), user);
      ledger.append("user.add", Json.object().put("id", user.id()), user.json());
      return user.json();
    });
  }

  /** Gives a user another external id, or none. */
  ObjectNode changeUser(long id, JsonNode body) {
    return locked(() -> {
      User old = present(users, id, "user");
      User user =
          new User(
              id,
              old.email(),
              old.name(),
              Json.optionalString(body, "external_id").orElse(null),
              old.active());
      users.put(id, user);
      ledger.append("user.change", Json.object().put("id", id), user.json());
      return user.json();
    });
  }

  List<ObjectNode> users() {
    return locked(() -> users.values().stream().map(User::json).toList());
  }

  ObjectNode addLabel(JsonNode body) {
    return locked(() -> {
      Long parent = Json.has(body, "parent_id") ? Json.whole(body, "parent_id") : null;
      if (parent != null) {
        present(labels, parent, "label");
      }
      Label label =
          new Label(
              lastLabel + 1, Json.string(body, "name"), parent, Json.flag(body, "active", true));
      lastLabel++;
      labels.put(label.id(), label);
      ledger.append("label.add", Json.object().put("id", label.id()), label.json());
      return label.json();
    });
  }

  /** The labels as trees: each label of the top with its children in it. */
  List<ObjectNode> labelTrees() {
    return locked(() -> children(null).toList());
  }

  private Stream<ObjectNode> children(@Nullable Long parent) {
    return labels.values().stream()
        .filter(label -> Objects.equals(label.parent(), parent))
        .map(label -> {
          ObjectNode json = label.json();
          ArrayNode below = json.putArray("children");
          children(label.id()).forEach(below::add);
          return json;
        });
  }

  // ---- all of it

  ObjectNode state() {
    return locked(() -> {
      ObjectNode state = Json.object();
      state.set("events", list(entries.values(), entry -> event(entry, false)));
      state.set("projects", list(projects.values(), this::json));
      state.set("clients", list(clients.values(), Client::json));
      state.set("labels", list(labels.values(), Label::json));
      state.set("users", list(users.values(), User::json));
      return state;
    });
  }

  private static <T> ArrayNode list(Collection<T> all, Function<T, ObjectNode> json) {
    ArrayNode array = Json.array();
    all.forEach(each -> array.add(json.apply(each)));
    return array;
  }

  private static <T> T present(Map<Long, T> all, long id, String kind) {
    T found = all.get(id);
    if (found == null) {
      throw new BadRequest("there is no " + kind + " " + id);
    }
    return found;
  }
}
