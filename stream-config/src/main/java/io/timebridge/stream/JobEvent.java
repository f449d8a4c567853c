package io.timebridge.stream;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The body of an event on {@link StreamName#JOB_EVENTS}: the newest state of one job or client of
 * SecondService, with what changed. It carries state, not a difference, so applying it twice
 * changes nothing.
 */
public sealed interface JobEvent {
  /** Ordering key: {@code job-<id>} or {@code client-<id>}. */
  String key();

  /** What the poller saw change; for people and logs, never for the rules. */
  String change();

  /**
   * The poller lease's epoch that published it: a consumer skips an epoch older than one it has
   * seen for the key.
   */
  long epoch();

  /**
   * A client.
   *
   * @param change {@code created}, {@code renamed} (name or code) or {@code repeated} (it is not
   *     known whether it was published before)
   */
  record Client(String change, long epoch, long id, String code, String name) implements JobEvent {
    @Override
    public String key() {
      return clientKey(id);
    }
  }

  /**
   * A job.
   *
   * @param change {@code created}, {@code renamed} (name or code), {@code moved}, {@code closed},
   *     {@code reopened} or {@code repeated}
   * @param clientName name of the job's client, so that a job can be applied before its client's
   *     own event
   */
  record Job(
      String change,
      long epoch,
      long id,
      String code,
      String name,
      long clientId,
      String clientCode,
      String clientName,
      boolean open)
      implements JobEvent {
    @Override
    public String key() {
      return jobKey(id);
    }
  }

  static String jobKey(long id) {
    return "job-" + id;
  }

  static String clientKey(long id) {
    return "client-" + id;
  }

  /** The envelope body. */
  default byte[] encode() {
    ObjectNode node = Json.MAPPER.createObjectNode();
    switch (this) {
      case Client c ->
          node.put("type", "client")
              .put("change", c.change)
              .put("epoch", c.epoch)
              .put("id", c.id)
              .put("code", c.code)
              .put("name", c.name);
      case Job j ->
          node.put("type", "job")
              .put("change", j.change)
              .put("epoch", j.epoch)
              .put("id", j.id)
              .put("code", j.code)
              .put("name", j.name)
              .put("clientId", j.clientId)
              .put("clientCode", j.clientCode)
              .put("clientName", j.clientName)
              .put("open", j.open);
    }
    return node.toString().getBytes(StandardCharsets.UTF_8);
  }

  /** Reads an envelope body; empty when it is not one. Never throws. */
  static Optional<JobEvent> decode(byte[] body) {
    try {
      JsonNode n = Json.MAPPER.readTree(body);
      return switch (n.path("type").asString("")) {
        case "client" ->
            Optional.of(
                new Client(
                    Json.text(n, "change"),
                    n.required("epoch").longValue(),
                    n.required("id").longValue(),
                    Json.text(n, "code"),
                    Json.text(n, "name")));
        case "job" ->
            Optional.of(
                new Job(
                    Json.text(n, "change"),
                    n.required("epoch").longValue(),
                    n.required("id").longValue(),
                    Json.text(n, "code"),
                    Json.text(n, "name"),
                    n.required("clientId").longValue(),
                    Json.text(n, "clientCode"),
                    Json.text(n, "clientName"),
                    n.required("open").booleanValue()));
        default -> Optional.empty();
      };
    } catch (JacksonException | IllegalArgumentException unreadable) {
      return Optional.empty();
    }
  }

  /** The mapper; a holder because an interface has no private fields. */
  final class Json {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private Json() {}

    /** A string; {@code stringValue()} alone would make null of a JSON null. */
    private static String text(JsonNode node, String field) {
      JsonNode value = node.required(field);
      if (!value.isString()) {
        throw new IllegalArgumentException(field + " is not text");
      }
      return value.stringValue();
    }
  }
}
