package io.timebridge.local.sim.first;

import io.timebridge.local.sim.http.Json;
import java.time.LocalDate;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What FirstService keeps, and how it shows what stands alone. */
final class Rows {
  private Rows() {}

  record User(long id, String email, String name, @Nullable String externalId, boolean active) {
    ObjectNode json() {
      return Json.object()
          .put("id", id)
          .put("email", email)
          .put("name", name)
          .put("external_id", externalId)
          .put("active", active);
    }
  }

  record Label(long id, String name, @Nullable Long parent, boolean active) {
    ObjectNode json() {
      return Json.object()
          .put("id", id)
          .put("name", name)
          .put("parent_id", parent)
          .put("active", active);
    }
  }

  record Client(long id, String name, @Nullable String externalId, boolean active) {
    ObjectNode json() {
      return Json.object()
          .put("id", id)
          .put("name", name)
          .put("external_id", externalId)
          .put("active", active);
    }

    /** As it stands inside a project. */
    ObjectNode shortJson() {
      return Json.object().put("id", id).put("name", name).put("external_id", externalId);
    }
  }

  record Project(
      long id,
      String name,
      boolean active,
      @Nullable String externalId,
      long client,
      String rateType,
      String enableLabels,
      List<Long> labels,
      boolean requiredLabels) {

    ObjectNode json(Client itsClient) {
      ObjectNode json =
          Json.object()
              .put("id", id)
              .put("name", name)
              .put("active", active)
              .put("external_id", externalId);
      json.set("client", itsClient.shortJson());
      json.put("rate_type", rateType).put("enable_labels", enableLabels);
      json.set("label_ids", ids(labels));
      return json.put("required_labels", requiredLabels);
    }
  }

  /**
   * An hour entry.
   *
   * @param labels the labels a person chose, without their parents
   * @param createdAt epoch seconds
   * @param updatedAt epoch seconds
   */
  record Entry(
      long id,
      long user,
      long project,
      LocalDate day,
      long seconds,
      String note,
      List<Long> labels,
      @Nullable String from,
      @Nullable String to,
      boolean draft,
      String timerState,
      boolean locked,
      boolean deleted,
      long createdAt,
      long updatedAt) {

    Entry stamped(boolean nowDeleted, long at) {
      return new Entry(
          id,
          user,
          project,
          day,
          seconds,
          note,
          labels,
          from,
          to,
          draft,
          timerState,
          locked,
          nowDeleted,
          createdAt,
          at);
    }
  }

  record Webhook(
      long id, String url, List<String> subscriptions, String secretToken, boolean active) {

    Webhook switchedOff() {
      return new Webhook(id, url, subscriptions, secretToken, false);
    }

    /** Without the secret. */
    ObjectNode json() {
      ObjectNode json = Json.object().put("id", id).put("url", url);
      ArrayNode all = json.putArray("subscriptions");
      subscriptions.forEach(all::add);
      return json.put("active", active);
    }
  }

  static ArrayNode ids(List<Long> ids) {
    ArrayNode array = Json.array();
    ids.forEach(array::add);
    return array;
  }
}
