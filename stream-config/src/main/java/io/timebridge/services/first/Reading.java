package io.timebridge.services.first;

import io.timebridge.services.ServiceTrouble;
import io.timebridge.services.ServiceTrouble.Kind;
import io.timebridge.services.first.FirstService.Client;
import io.timebridge.services.first.FirstService.Label;
import io.timebridge.services.first.FirstService.Project;
import io.timebridge.services.first.FirstService.User;
import io.timebridge.services.first.WebhookRegistry.Webhook;
import io.timebridge.services.http.HttpAnswer;
import io.timebridge.services.http.LooseJson;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** Reads what FirstService answers. What has no id cannot be read; all else may be missing. */
final class Reading {
  private static final int DEEPEST_LABEL = 32;

  private Reading() {}

  /** Reads one item of a list, or the one item of an answer. */
  @FunctionalInterface
  interface Item<T> {
    T read(HttpAnswer answer, JsonNode node) throws ServiceTrouble;
  }

  /** Its labels are its own only where they can be read: what is not known cannot be kept. */
  static Project project(HttpAnswer answer, JsonNode node) throws ServiceTrouble {
    Optional<Set<Long>> own =
        LooseJson.text(node.path("enable_labels")).equals("custom")
            ? ids(node.path("label_ids"))
            : Optional.empty();
    return new Project(
        id(answer, node, "a project"),
        LooseJson.text(node.path("name")),
        LooseJson.text(node.path("external_id")),
        LooseJson.flag(node.path("active"), true),
        Math.max(0, LooseJson.whole(node.path("client").path("id")).orElse(0)),
        own.isPresent(),
        own.orElse(Set.of()));
  }

  /** Empty where it is no list, or one of them cannot be read. */
  private static Optional<Set<Long>> ids(JsonNode list) {
    List<OptionalLong> ids = list.valueStream().map(LooseJson::whole).toList();
    return list.isArray() && ids.stream().allMatch(OptionalLong::isPresent)
        ? Optional.of(ids.stream().map(OptionalLong::getAsLong).collect(Collectors.toSet()))
        : Optional.empty();
  }

  static Client client(HttpAnswer answer, JsonNode node) throws ServiceTrouble {
    return new Client(
        id(answer, node, "a client"),
        LooseJson.text(node.path("name")),
        LooseJson.text(node.path("external_id")));
  }

  static User user(HttpAnswer answer, JsonNode node) throws ServiceTrouble {
    return new User(
        id(answer, node, "a user"),
        LooseJson.text(node.path("email")),
        LooseJson.text(node.path("name")),
        LooseJson.text(node.path("external_id")),
        LooseJson.flag(node.path("active"), true));
  }

  static Webhook webhook(HttpAnswer answer, JsonNode node) throws ServiceTrouble {
    return new Webhook(
        id(answer, node, "a webhook"),
        LooseJson.text(node.path("url")),
        node.path("subscriptions").valueStream().map(LooseJson::text).toList(),
        LooseJson.flag(node.path("active"), true));
  }

  /** A label and all below it, parents first. */
  static List<Label> labels(HttpAnswer answer, JsonNode node) throws ServiceTrouble {
    List<Label> labels = new ArrayList<>();
    addLabel(answer, node, 0, 1, labels);
    return labels;
  }

  private static void addLabel(
      HttpAnswer answer, JsonNode node, long above, int depth, List<Label> labels)
      throws ServiceTrouble {
    if (depth > DEEPEST_LABEL) {
      throw answer.trouble(
          Kind.UNKNOWN, "labels are nested deeper than %d levels".formatted(DEEPEST_LABEL));
    }
    long id = id(answer, node, "a label");
    long parent = above > 0 ? above : LooseJson.whole(node.path("parent_id")).orElse(0);
    labels.add(
        new Label(
            id,
            LooseJson.text(node.path("name")),
            Math.max(0, parent),
            LooseJson.flag(node.path("active"), true)));
    for (JsonNode child : node.path("children")) {
      addLabel(answer, child, id, depth + 1, labels);
    }
  }

  private static long id(HttpAnswer answer, JsonNode node, String what) throws ServiceTrouble {
    OptionalLong id = LooseJson.whole(node.path("id"));
    if (!node.isObject() || id.isEmpty() || id.getAsLong() < 1) {
      throw answer.trouble(Kind.UNKNOWN, what + " without an id");
    }
    return id.getAsLong();
  }
}
