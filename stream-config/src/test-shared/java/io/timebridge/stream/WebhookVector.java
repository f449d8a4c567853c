package io.timebridge.stream;

import io.timebridge.signature.WebhookSecret;
import io.timebridge.signature.WebhookSignatures;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * One webhook, and what both doors and the worker have to make of it. Every door is tested with the
 * same ones ({@code webhook-vectors.json}).
 *
 * @param headers as sent, the signature included; the content type is apart
 * @param contentType empty = none is sent
 * @param key of the envelope; empty where none is made
 * @param trace of the envelope
 * @param gateway {@code accepted}, or the code of the gateway's refusal
 */
@SuppressWarnings("ArrayRecordComponent") // tests only read it
public record WebhookVector(
    String name,
    byte[] body,
    Map<String, String> headers,
    String contentType,
    String key,
    Optional<String> trace,
    String gateway,
    AtApiGateway apiGateway) {

  /** The secret that vectors are signed with. */
  public static final WebhookSecret SECRET = new WebhookSecret("first-secret");

  /** When they are signed. */
  public static final Instant SIGNED_AT = Instant.parse("2026-07-03T10:00:00Z");

  /** What API Gateway makes of a vector; it cannot judge everything that the gateway can. */
  public enum AtApiGateway {
    /** The same envelope as the gateway's. */
    ACCEPTED,
    /** No record is put. */
    REFUSED,
    /** Perhaps a record is put, and the worker keeps it out. */
    PASSED_ON
  }

  public boolean acceptedAtGateway() {
    return gateway.equals("accepted");
  }

  /** The headers that the envelope has to hold. */
  public Map<String, String> keptHeaders() {
    Map<String, String> kept = new LinkedHashMap<>();
    headers.forEach((header, value) -> {
      String lower = header.toLowerCase(Locale.ROOT);
      if (Envelope.KEPT_HEADERS.contains(lower) && !value.isEmpty()) {
        kept.put(lower, value);
      }
    });
    return kept;
  }

  @Override
  public String toString() {
    return name;
  }

  /** All of them; names are unique. */
  public static List<WebhookVector> all() {
    try (InputStream in =
        Objects.requireNonNull(WebhookVector.class.getResourceAsStream("webhook-vectors.json"))) {
      List<WebhookVector> vectors = new ArrayList<>();
      JsonMapper.builder().build().readTree(in).forEach(v -> vectors.add(read(v)));
      return vectors;
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  private static WebhookVector read(JsonNode v) {
    byte[] body = body(v);
    Map<String, String> headers = new LinkedHashMap<>();
    String signedBy = v.path("signedBy").asString("X-Signature");
    switch (signedBy) {
      case "" -> {}
      case "wrong" ->
          headers.put("X-Signature", WebhookSignatures.sign(new WebhookSecret("another"), body));
      case "standard" ->
          headers.putAll(WebhookSignatures.signStandard(SECRET, "msg_1", SIGNED_AT, body));
      default -> headers.put(signedBy, WebhookSignatures.sign(SECRET, body));
    }
    v.path("headers").properties().forEach(h -> headers.put(h.getKey(), h.getValue().asString()));
    return new WebhookVector(
        v.path("name").asString(),
        body,
        headers,
        v.path("contentType").asString("application/json"),
        v.path("key").asString(""),
        Optional.of(v.path("trace").asString("")).filter(t -> !t.isEmpty()),
        v.path("gateway").asString("accepted"),
        AtApiGateway.valueOf(
            v.path("apiGateway").asString("accepted").toUpperCase(Locale.ROOT).replace('-', '_')));
  }

  private static byte[] body(JsonNode v) {
    if (v.has("bodyBase64")) {
      return Base64.getDecoder().decode(v.path("bodyBase64").asString());
    }
    JsonNode filled = v.path("filled");
    if (filled.isMissingNode()) {
      return utf8(v.path("body").asString());
    }
    byte[] prefix = utf8(filled.path("prefix").asString());
    byte[] fill = utf8(filled.path("fill").asString());
    byte[] suffix = utf8(filled.path("suffix").asString());
    int missing = filled.path("bytes").intValue() - prefix.length - suffix.length;
    if (missing % fill.length != 0) {
      throw new IllegalArgumentException(v.path("name") + ": cannot be filled evenly");
    }
    return utf8(
        new String(prefix, StandardCharsets.UTF_8)
            + new String(fill, StandardCharsets.UTF_8).repeat(missing / fill.length)
            + new String(suffix, StandardCharsets.UTF_8));
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
