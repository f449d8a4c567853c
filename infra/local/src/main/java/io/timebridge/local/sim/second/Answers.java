package io.timebridge.local.sim.second;

import io.timebridge.local.sim.http.Json;
import io.timebridge.local.sim.http.Reply;
import io.timebridge.local.sim.http.Request;
import io.timebridge.local.sim.second.SecondServiceSim.Quirks;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The odd shapes of SecondService's answers. Forms that rotate do so per call, seeded draws come
 * from one sequence.
 */
final class Answers {
  private final Quirks quirks;
  private final Random random;
  private final AtomicInteger deadSessions = new AtomicInteger();
  private final AtomicInteger overloads = new AtomicInteger();
  private final AtomicInteger problems = new AtomicInteger();

  Answers(Quirks quirks) {
    this.quirks = quirks;
    this.random = new Random(quirks.seed());
  }

  /** In turn: an error inside 200, a 401, the login page with 200. */
  Reply deadSession() {
    return switch (deadSessions.getAndIncrement() % 3) {
      case 0 -> Reply.ok(Json.object().put("error", "session expired"));
      case 1 -> Reply.html(401, "Unauthorized", "");
      default ->
          Reply.html(
              200,
              "Login",
              "<form action=\"/service/api/login/\" method=\"post\">"
                  + "<input name=\"strUsername\"><input name=\"strPassword\" type=\"password\">"
                  + "</form>");
    };
  }

  /** In turn: 429 and 503, as JSON and as HTML; the first of them with Retry-After. */
  Reply overloaded() {
    ObjectNode error = Json.object().put("error", "too many requests");
    return switch (overloads.getAndIncrement() % 4) {
      case 0 -> Reply.json(429, error).withHeader("Retry-After", "1");
      case 1 -> Reply.json(503, error);
      case 2 -> Reply.html(429, "Too many requests", "");
      default -> Reply.html(503, "Service unavailable", "");
    };
  }

  /** A business error inside 200, as a string and as an object in turn. */
  Reply problem(Problem problem) {
    ObjectNode answer = Json.object();
    if (problems.getAndIncrement() % 2 == 0) {
      answer.put("error", problem.message());
    } else {
      answer.putObject("error").put("code", problem.name()).put("message", problem.message());
    }
    return Reply.ok(answer);
  }

  Reply added(long idTimesheet) {
    return random.nextDouble() < quirks.addsWithoutId() ? nothing() : withId(idTimesheet);
  }

  Reply updated(long idTimesheet) {
    return random.nextDouble() < quirks.emptyUpdates() ? nothing() : withId(idTimesheet);
  }

  Reply nothing() {
    return Reply.ok(Json.object());
  }

  private Reply withId(long idTimesheet) {
    ObjectNode answer = Json.object();
    answer.set(
        "idTimesheet",
        number(Request.Lists.WHOLE, JsonNodeFactory.instance.numberNode(idTimesheet)));
    return Reply.ok(answer);
  }

  /**
   * A table with {@code hdr} and {@code data}. The columns of the contract and some that nobody
   * knows stand in the order of the header seed; {@code rows} name their cells.
   */
  ObjectNode table(
      Request.Lists how, List<String> columns, List<String> unknown, List<ObjectNode> rows) {
    List<String> order = new ArrayList<>(known(how, columns));
    order.addAll(unknown);
    if (quirks.headerSeed() != 0) {
      Collections.shuffle(order, new Random(quirks.headerSeed()));
    }
    if (how == Request.Lists.MOVED) {
      Collections.reverse(order);
    }
    ObjectNode table = Json.object();
    if (how != Request.Lists.HEADLESS) {
      ObjectNode hdr = table.putObject("hdr");
      for (int i = 0; i < order.size(); i++) {
        hdr.put(order.get(i), i);
      }
    }
    ArrayNode data = table.putArray("data");
    for (ObjectNode row : rows) {
      ArrayNode cells = data.addArray();
      order.forEach(column -> cells.add(cell(how, row, column)));
    }
    return table;
  }

  /** Rows whose cells are found by position alone. */
  ObjectNode positional(Request.Lists how, List<String> columns, List<ObjectNode> rows) {
    ObjectNode table = Json.object();
    ArrayNode data = table.putArray("data");
    for (ObjectNode row : rows) {
      ArrayNode cells = data.addArray();
      known(how, columns).forEach(column -> cells.add(cell(how, row, column)));
    }
    return table;
  }

  private static List<String> known(Request.Lists how, List<String> columns) {
    return how == Request.Lists.NARROW ? columns.subList(0, columns.size() - 1) : columns;
  }

  /** Rows as objects, as an older build sends them. */
  ArrayNode objects(Request.Lists how, List<ObjectNode> rows) {
    ArrayNode array = Json.array();
    for (ObjectNode row : rows) {
      ObjectNode copy = array.addObject();
      row.properties().forEach(field -> copy.set(field.getKey(), number(how, field.getValue())));
    }
    return array;
  }

  private JsonNode cell(Request.Lists how, ObjectNode row, String column) {
    JsonNode value = row.get(column);
    return value == null ? JsonNodeFactory.instance.nullNode() : number(how, value);
  }

  /** A number, now and then as a string; anything else as it is. */
  private JsonNode number(Request.Lists how, JsonNode value) {
    return value.isNumber()
            && (random.nextDouble() < quirks.numbersAsStrings() || how == Request.Lists.TEXTS)
        ? JsonNodeFactory.instance.stringNode(value.asString())
        : value;
  }
}
