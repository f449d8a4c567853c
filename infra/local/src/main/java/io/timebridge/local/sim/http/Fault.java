package io.timebridge.local.sim.http;

import java.util.Locale;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * One way to spoil calls.
 *
 * @param match found anywhere in {@code METHOD /path?query}
 * @param count how often it fires; -1 for no limit
 * @param probability of firing at a call that matches
 * @param seed of its own draws
 * @param status answered by {@code status} and {@code html}
 * @param minMillis least wait of {@code delay} and {@code late}
 * @param maxMillis longest wait
 * @param retryAfter header of {@code status}
 */
record Fault(
    Pattern match,
    Action action,
    long count,
    double probability,
    long seed,
    int status,
    long minMillis,
    long maxMillis,
    @Nullable String retryAfter) {

  private static final long LONGEST_WAIT_MILLIS = 600_000;

  enum Action {
    DROP_RESPONSE,
    LATE,
    DELAY,
    STATUS,
    HTML,
    TRUNCATE,
    RESET,
    EXPIRE_SESSION,
    EMPTY_LIST,
    HALF_LIST,
    DOUBLED_ROWS,
    MOVED_COLUMNS,
    TEXT_NUMBERS,
    NO_HEADER,
    LOST_COLUMN;

    String text() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static Action of(String text) {
      for (Action action : values()) {
        if (action.text().equals(text)) {
          return action;
        }
      }
      throw new BadRequest("unknown action '" + text + "'");
    }
  }

  static Fault of(JsonNode json) {
    if (!json.isObject()) {
      throw new BadRequest("a fault must be an object, not " + json);
    }
    Action action = Action.of(Json.string(json, "action"));
    long millis = Json.whole(json, "millis", 200);
    long min = Json.whole(json, "minMillis", millis);
    long max = Json.whole(json, "maxMillis", Math.max(min, millis));
    if (min < 0 || max < min || max > LONGEST_WAIT_MILLIS) {
      throw new BadRequest(
          "millis from " + min + " to " + max + "; allowed is 0 to " + LONGEST_WAIT_MILLIS);
    }
    long status = Json.whole(json, "status", action == Action.HTML ? 502 : 503);
    if (status < 200 || status > 599) {
      throw new BadRequest("field status is " + status + "; allowed is 200 to 599");
    }
    return new Fault(
        pattern(Json.optionalString(json, "match").orElse(".*")),
        action,
        Json.whole(json, "count", -1),
        Json.probability(json, "probability", 1),
        Json.whole(json, "seed", 1),
        (int) status,
        min,
        max,
        Json.has(json, "retryAfter") ? json.path("retryAfter").asString() : null);
  }

  private static Pattern pattern(String regex) {
    try {
      return Pattern.compile(regex);
    } catch (PatternSyntaxException e) {
      throw new BadRequest("field match is not a regex: " + e.getDescription());
    }
  }

  ObjectNode json() {
    ObjectNode json = Json.object();
    json.put("match", match.pattern());
    json.put("action", action.text());
    if (count >= 0) {
      json.put("count", count);
    }
    json.put("probability", probability);
    json.put("seed", seed);
    json.put("status", status);
    json.put("minMillis", minMillis);
    json.put("maxMillis", maxMillis);
    if (retryAfter != null) {
      json.put("retryAfter", retryAfter);
    }
    return json;
  }
}
