package io.timebridge.local.sim.first;

import io.timebridge.local.sim.http.BadRequest;
import io.timebridge.local.sim.http.Json;
import java.util.Arrays;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * How deliveries go wrong.
 *
 * @param shape thin, full or mixed (default)
 * @param scheme x-signature-hex (default), x-signature-base64, standard or mixed
 * @param duplicate probability that a delivery is repeated; default 0
 * @param reorder probability that a delivery is held back until later ones have gone; default 0
 * @param lose probability that a delivery is never made; default 0
 * @param losePath ends of the addresses of the webhooks that lose any, separated by commas; default
 *     empty, which is all
 * @param maxDelayMillis longest time a delivery is held back, or a repetition comes after; default
 *     1000
 * @param seed of all the draws; default 1
 */
record DeliverySettings(
    String shape,
    String scheme,
    double duplicate,
    double reorder,
    double lose,
    String losePath,
    long maxDelayMillis,
    long seed) {

  private static final List<String> SHAPES = List.of("thin", "full", "mixed");
  private static final List<String> SCHEMES =
      List.of("x-signature-hex", "x-signature-base64", "standard", "mixed");
  private static final long LONGEST_DELAY_MILLIS = 600_000;

  static DeliverySettings defaults() {
    return new DeliverySettings("mixed", "x-signature-hex", 0, 0, 0, "", 1000, 1);
  }

  /** These settings with the fields that are given. */
  DeliverySettings with(JsonNode body) {
    long delay = Json.whole(body, "maxDelayMillis", maxDelayMillis);
    if (delay < 0 || delay > LONGEST_DELAY_MILLIS) {
      throw new BadRequest(
          "field maxDelayMillis is " + delay + "; allowed is 0 to " + LONGEST_DELAY_MILLIS);
    }
    return new DeliverySettings(
        oneOf(body, "shape", shape, SHAPES),
        oneOf(body, "scheme", scheme, SCHEMES),
        Json.probability(body, "duplicate", duplicate),
        Json.probability(body, "reorder", reorder),
        Json.probability(body, "lose", lose),
        Json.optionalString(body, "losePath").orElse(losePath),
        delay,
        Json.whole(body, "seed", seed));
  }

  /** Whether a webhook of this address is one that may lose deliveries. */
  boolean mayLose(String url) {
    return losePath.isEmpty()
        || Arrays.stream(losePath.split(",")).anyMatch(path -> url.endsWith(path.strip()));
  }

  private static String oneOf(JsonNode body, String field, String old, List<String> allowed) {
    String value = Json.optionalString(body, field).orElse(old);
    if (!allowed.contains(value)) {
      throw new BadRequest("field " + field + " is '" + value + "'; allowed is " + allowed);
    }
    return value;
  }

  ObjectNode json() {
    return Json.object()
        .put("shape", shape)
        .put("scheme", scheme)
        .put("duplicate", duplicate)
        .put("reorder", reorder)
        .put("lose", lose)
        .put("losePath", losePath)
        .put("maxDelayMillis", maxDelayMillis)
        .put("seed", seed);
  }
}
