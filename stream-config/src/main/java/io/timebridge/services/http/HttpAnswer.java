package io.timebridge.services.http;

import io.timebridge.services.ServiceTrouble;
import io.timebridge.services.ServiceTrouble.Kind;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a service answered, whole. Immutable. */
public final class HttpAnswer {
  /** Excerpts of unexpected answers have at most this many characters. */
  public static final int EXCERPT = 120;

  private static final JsonMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(128)
                          .maxStringLength(1024 * 1024)
                          .maxNameLength(1024)
                          .maxNumberLength(64)
                          .build())
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .build();

  private final String call;
  private final int status;
  private final byte[] body;
  private final boolean secret;
  private final @Nullable Duration retryAfter;

  /** Read when first asked for; reading it twice does no harm. */
  @SuppressWarnings("NullableOptional") // null = not read yet, empty = no JSON
  private volatile @Nullable Optional<JsonNode> json;

  /**
   * @param call service and call, for messages
   * @param secret whether the body must not be quoted
   */
  HttpAnswer(String call, int status, byte[] body, boolean secret, @Nullable Duration retryAfter) {
    this.call = call;
    this.status = status;
    this.body = body;
    this.secret = secret;
    this.retryAfter = retryAfter;
  }

  public int status() {
    return status;
  }

  public boolean isSuccess() {
    return status >= 200 && status < 300;
  }

  /** How long the service asked to be left alone, in either form of Retry-After. */
  public Optional<Duration> retryAfter() {
    return Optional.ofNullable(retryAfter);
  }

  /** The body as text, without a byte order mark; malformed UTF-8 is replaced. */
  public String text() {
    String text = new String(body, StandardCharsets.UTF_8);
    return text.startsWith("\ufeff") ? text.substring(1) : text;
  }

  /** Whether the body looks like markup. */
  public boolean isHtml() {
    int start =
        new String(body, 0, Math.min(body.length, 4), StandardCharsets.UTF_8).startsWith("\ufeff")
            ? 3
            : 0;
    while (start < body.length && Character.isWhitespace(body[start])) {
      start++;
    }
    return start < body.length && body[start] == '<';
  }

  /** The body as one JSON value with nothing behind it; empty when it is not that. */
  public Optional<JsonNode> tryJson() {
    Optional<JsonNode> read = json;
    if (read == null) {
      read = parse();
      json = read;
    }
    return read;
  }

  private Optional<JsonNode> parse() {
    try {
      return Optional.of(JSON.readTree(body)).filter(node -> !node.isMissingNode());
    } catch (JacksonException | NumberFormatException notJson) {
      return Optional.empty(); // the latter, not wrapped by Jackson: an exponent beyond all bounds
    }
  }

  /**
   * The body as a JSON object.
   *
   * @throws ServiceTrouble {@link Kind#UNKNOWN} when it is not one
   */
  public JsonNode jsonObject() throws ServiceTrouble {
    return tryJson()
        .filter(JsonNode::isObject)
        .orElseThrow(() -> trouble(Kind.UNKNOWN, "answered no JSON object"));
  }

  /** Trouble with this answer: names call and status and quotes a short excerpt. */
  public ServiceTrouble trouble(Kind kind, String problem) {
    String excerpt = secret ? "(not shown)" : Excerpt.of(text(), EXCERPT);
    return new ServiceTrouble(
        kind, "%s: %s; HTTP %d: %s".formatted(call, problem, status, excerpt), retryAfter, null);
  }

  /** Never the body. */
  @Override
  public String toString() {
    return "HttpAnswer[" + call + ", " + status + ", " + body.length + " bytes]";
  }
}
