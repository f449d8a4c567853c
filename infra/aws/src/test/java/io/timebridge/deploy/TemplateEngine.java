package io.timebridge.deploy;

import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.velocity.VelocityContext;
import org.apache.velocity.app.VelocityEngine;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Runs mapping templates as API Gateway documents it: Velocity, with {@code $input}, {@code $util}
 * and {@code $context}. Of JSONPath it knows names joined by dots.
 */
final class TemplateEngine {
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .disable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .build();

  private final VelocityEngine velocity = new VelocityEngine();

  TemplateEngine() {
    // API Gateway's Velocity is an older one, where names may hold hyphens.
    velocity.setProperty("parser.allow_hyphen_in_identifiers", true);
    velocity.init();
  }

  /** Public, as everything that Velocity calls. */
  public static final class Input {
    private final String body;
    private final Map<String, String> headers;

    Input(String body, Map<String, String> headers) {
      this.body = body.isEmpty() ? "{}" : body;
      this.headers = headers;
    }

    public String getBody() {
      return body;
    }

    public Map<String, Map<String, String>> params() {
      return Map.of("path", Map.of(), "querystring", Map.of(), "header", headers);
    }

    /** What is there, as an object; null where nothing is. */
    public @Nullable Object path(String path) {
      return object(at(path));
    }

    /** What is there, as JSON; an empty text in quotes where nothing is. */
    public String json(String path) {
      JsonNode node = at(path);
      return node.isMissingNode() ? "\"\"" : node.toString();
    }

    private JsonNode at(String path) {
      if (!path.startsWith("$")) {
        throw new IllegalArgumentException("not a JSONPath: " + path);
      }
      JsonNode node;
      try {
        node = JSON.readTree(body);
      } catch (JacksonException | NumberFormatException notJson) {
        return JSON.missingNode();
      }
      for (String name : path.substring(1).split("\\.")) {
        if (!name.isEmpty()) {
          node = node.path(name);
        }
      }
      return node;
    }

    private static @Nullable Object object(JsonNode node) {
      if (node.isObject()) {
        Map<String, Object> map = new LinkedHashMap<>();
        node.properties().forEach(p -> map.put(p.getKey(), object(p.getValue())));
        return map;
      }
      if (node.isArray()) {
        List<Object> list = new ArrayList<>();
        node.forEach(item -> list.add(object(item)));
        return list;
      }
      if (node.isString()) {
        return node.stringValue();
      }
      if (node.isNumber()) {
        return node.numberValue();
      }
      return node.isBoolean() ? (Object) node.booleanValue() : null;
    }
  }

  /** The functions of {@code $util} that the templates use. */
  public static final class Util {
    public String base64Encode(String text) {
      return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    /** As Commons Lang has it, single quotes and slashes included. */
    public String escapeJavaScript(String text) {
      StringBuilder out = new StringBuilder();
      for (int i = 0; i < text.length(); i++) {
        char c = text.charAt(i);
        switch (c) {
          case '"', '\'', '\\', '/' -> out.append('\\').append(c);
          case '\n' -> out.append("\\n");
          case '\t' -> out.append("\\t");
          case '\r' -> out.append("\\r");
          case '\f' -> out.append("\\f");
          case '\b' -> out.append("\\b");
          default -> {
            if (c < 32 || c > 126) {
              out.append("\\u%04X".formatted((int) c));
            } else {
              out.append(c);
            }
          }
        }
      }
      return out.toString();
    }
  }

  /** {@code $context}, with what a template may override of the answer. */
  record Context(Map<String, Object> values, Map<String, Object> override) {
    static Context of(String requestId, long timeMillis) {
      Map<String, Object> override = new HashMap<>();
      override.put("header", new HashMap<String, Object>());
      Map<String, Object> values = new HashMap<>();
      values.put("extendedRequestId", requestId);
      values.put("requestTimeEpoch", timeMillis);
      values.put("responseOverride", override);
      return new Context(values, override);
    }

    int status(int otherwise) {
      return override.get("status") instanceof Integer status ? status : otherwise;
    }

    Object header(String name) {
      return ((Map<?, ?>) override.get("header")).get(name);
    }
  }

  String run(String template, Input input, Context context) {
    VelocityContext velocityContext = new VelocityContext();
    velocityContext.put("input", input);
    velocityContext.put("util", new Util());
    velocityContext.put("context", context.values());
    StringWriter out = new StringWriter();
    velocity.evaluate(velocityContext, out, "template", template);
    return out.toString();
  }
}
