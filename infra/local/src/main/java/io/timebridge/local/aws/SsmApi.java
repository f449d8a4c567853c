package io.timebridge.local.aws;

import io.timebridge.local.aws.LoopbackServer.Answer;
import io.timebridge.local.aws.LoopbackServer.Ask;
import io.timebridge.local.aws.SsmParameterStore.Parameter;
import io.timebridge.local.aws.SsmParameterStore.ParameterType;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Parameter Store in AWS's JSON 1.1 protocol. Thread-safe. */
final class SsmApi implements LoopbackServer.Handler {
  private static final String TARGET = "AmazonSSM.";
  private static final String JSON_TYPE = "application/x-amz-json-1.1";
  private static final int MAX_NAMES = 10;

  private final SsmParameterStore store;
  private final String arnPrefix;
  private final JsonMapper json;

  SsmApi(SsmParameterStore store, String region, JsonMapper json) {
    this.store = store;
    this.arnPrefix = "arn:aws:ssm:" + region + ":" + LocalAws.ACCOUNT + ":parameter";
    this.json = json;
  }

  @Override
  public Answer handle(Ask ask) {
    try {
      String target = ask.header("X-Amz-Target").orElse("");
      if (!ask.method().equals("POST") || !target.startsWith(TARGET)) {
        throw ServiceError.of("UnknownOperationException", "not offered locally: " + target);
      }
      return answer(200, call(target.substring(TARGET.length()), body(ask)));
    } catch (ServiceError e) {
      return answer(
          e.status(), json.createObjectNode().put("__type", e.code()).put("message", e.text()));
    }
  }

  private Answer answer(int status, ObjectNode node) {
    byte[] body = json.writeValueAsBytes(node);
    return new Answer(
        status, JSON_TYPE, body, Map.of("x-amzn-RequestId", UUID.randomUUID().toString()));
  }

  private JsonNode body(Ask ask) {
    try {
      JsonNode node = json.readTree(ask.body());
      if (node.isObject()) {
        return node;
      }
    } catch (JacksonException e) {
      throw ServiceError.of("SerializationException", "the body is not JSON");
    }
    throw ServiceError.of("SerializationException", "the body is not a JSON object");
  }

  private ObjectNode call(String operation, JsonNode in) {
    return switch (operation) {
      case "GetParameter" -> getParameter(in);
      case "GetParameters" -> getParameters(in);
      case "GetParametersByPath" -> getParametersByPath(in);
      case "PutParameter" -> putParameter(in);
      case "DeleteParameter" -> deleteParameter(in);
      case "DescribeParameters" -> describeParameters(in);
      default ->
          throw ServiceError.of("UnknownOperationException", "not offered locally: " + operation);
    };
  }

  private ObjectNode getParameter(JsonNode in) {
    Parameter parameter =
        store.find(selector(need(in, "Name"))).orElseThrow(() -> notFound(need(in, "Name")));
    ObjectNode out = json.createObjectNode();
    out.set("Parameter", write(parameter, decrypt(in)));
    return out;
  }

  private ObjectNode getParameters(JsonNode in) {
    List<String> names = new ArrayList<>();
    in.path("Names").forEach(name -> names.add(name.asString("")));
    if (names.isEmpty() || names.size() > MAX_NAMES) {
      throw invalid("Names must have 1 to " + MAX_NAMES + " members");
    }
    ObjectNode out = json.createObjectNode();
    ArrayNode found = out.putArray("Parameters");
    ArrayNode unknown = out.putArray("InvalidParameters");
    for (String name : names.stream().distinct().toList()) {
      try {
        store
            .find(selector(name))
            .ifPresentOrElse(p -> found.add(write(p, decrypt(in))), () -> unknown.add(name));
      } catch (ServiceError e) { // a version that is not there is one more invalid name here
        unknown.add(name);
      }
    }
    return out;
  }

  private ObjectNode getParametersByPath(JsonNode in) {
    String path = need(in, "Path");
    if (!path.startsWith("/")) {
      throw invalid("The parameter path must begin with a slash: " + path);
    }
    if (in.has("ParameterFilters")) {
      throw ServiceError.of("InvalidFilterKey", "ParameterFilters by path are not offered locally");
    }
    String below = path.endsWith("/") ? path : path + "/";
    boolean recursive = in.path("Recursive").asBoolean(false);
    ObjectNode out = json.createObjectNode();
    page(
        in,
        10,
        p -> p.name().startsWith(below) && (recursive || p.name().indexOf('/', below.length()) < 0),
        out,
        out.putArray("Parameters"),
        p -> write(p, decrypt(in)));
    return out;
  }

  private ObjectNode putParameter(JsonNode in) {
    Parameter made =
        store.put(
            selector(need(in, "Name")),
            text(in, "Type").map(ParameterType::of),
            need(in, "Value"),
            text(in, "Description"),
            in.path("Overwrite").asBoolean(false));
    return json.createObjectNode().put("Version", made.version()).put("Tier", "Standard");
  }

  private ObjectNode deleteParameter(JsonNode in) {
    String name = need(in, "Name");
    if (!store.delete(selector(name))) {
      throw notFound(name);
    }
    return json.createObjectNode();
  }

  private ObjectNode describeParameters(JsonNode in) {
    Predicate<Parameter> wanted = p -> true;
    for (JsonNode filter : in.path("ParameterFilters")) {
      wanted = wanted.and(SsmApi.filter(filter));
    }
    ObjectNode out = json.createObjectNode();
    page(in, 50, wanted, out, out.putArray("Parameters"), this::describe);
    return out;
  }

  private static Predicate<Parameter> filter(JsonNode filter) {
    String key = filter.path("Key").asString("");
    String option = filter.path("Option").asString("Equals");
    List<String> values = new ArrayList<>();
    filter.path("Values").forEach(v -> values.add(v.asString("")));
    return switch (key + " " + option) {
      case "Name Equals" -> p -> values.contains(p.name());
      case "Name BeginsWith" -> p -> values.stream().anyMatch(p.name()::startsWith);
      case "Type Equals" -> p -> values.contains(p.type().apiName());
      default ->
          throw ServiceError.of(
              "InvalidFilterKey",
              "offered locally: Name Equals, Name BeginsWith, Type Equals; not "
                  + key
                  + " "
                  + option);
    };
  }

  private interface Writer {
    ObjectNode write(Parameter parameter);
  }

  /** Adds one page in the order of names; the token is the last name, base64. */
  private void page(
      JsonNode in,
      int largest,
      Predicate<Parameter> wanted,
      ObjectNode out,
      ArrayNode list,
      Writer writer) {
    int size = in.path("MaxResults").asInt(largest);
    if (size < 1 || size > largest) {
      throw invalid("MaxResults must be 1 to " + largest + ", not " + size);
    }
    String after = text(in, "NextToken").filter(t -> !t.isEmpty()).map(SsmApi::name).orElse("");
    List<Parameter> found = store.list(after, size + 1, wanted);
    found.stream().limit(size).forEach(p -> list.add(writer.write(p)));
    if (found.size() > size) {
      String last = found.get(size - 1).name();
      out.put(
          "NextToken",
          Base64.getUrlEncoder().encodeToString(last.getBytes(StandardCharsets.UTF_8)));
    }
  }

  private static String name(String token) {
    try {
      return new String(Base64.getUrlDecoder().decode(token), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw ServiceError.of("InvalidNextToken", "not a token of this list");
    }
  }

  private ObjectNode write(Parameter parameter, boolean decrypt) {
    boolean hidden = parameter.type() == ParameterType.SECURE_STRING && !decrypt;
    return json.createObjectNode()
        .put("Name", parameter.name())
        .put("Type", parameter.type().apiName())
        .put("Value", hidden ? "encrypted-locally:" + parameter.version() : parameter.value())
        .put("Version", parameter.version())
        .put("LastModifiedDate", seconds(parameter))
        .put("ARN", arn(parameter))
        .put("DataType", "text");
  }

  private ObjectNode describe(Parameter parameter) {
    ObjectNode node =
        json.createObjectNode()
            .put("Name", parameter.name())
            .put("Type", parameter.type().apiName())
            .put("Version", parameter.version())
            .put("LastModifiedDate", seconds(parameter))
            .put("ARN", arn(parameter))
            .put("Tier", "Standard")
            .put("DataType", "text");
    parameter.description().ifPresent(d -> node.put("Description", d));
    return node;
  }

  private static double seconds(Parameter parameter) {
    return parameter.at().toEpochMilli() / 1000.0;
  }

  private String arn(Parameter parameter) {
    String name = parameter.name();
    return arnPrefix + (name.startsWith("/") ? name : "/" + name);
  }

  /** A name, or the name inside an ARN of this store. */
  private String selector(String nameOrArn) {
    return nameOrArn.startsWith(arnPrefix) ? nameOrArn.substring(arnPrefix.length()) : nameOrArn;
  }

  private static boolean decrypt(JsonNode in) {
    return in.path("WithDecryption").asBoolean(false);
  }

  private static Optional<String> text(JsonNode in, String field) {
    JsonNode node = in.path(field);
    if (node.isMissingNode() || node.isNull()) {
      return Optional.empty();
    }
    if (!node.isString()) {
      throw ServiceError.of("SerializationException", field + " must be a string");
    }
    return Optional.of(node.stringValue());
  }

  private static String need(JsonNode in, String field) {
    return text(in, field).orElseThrow(() -> invalid(field + " must not be absent"));
  }

  private static ServiceError notFound(String name) {
    return ServiceError.of("ParameterNotFound", "Parameter " + name + " not found.");
  }

  private static ServiceError invalid(String message) {
    return ServiceError.of("ValidationException", message);
  }
}
