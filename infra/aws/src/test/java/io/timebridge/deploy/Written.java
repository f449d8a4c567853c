package io.timebridge.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The templates that {@code ./timebridge synth} wrote. */
final class Written {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final List<String> STACKS = List.of("data", "door", "work");

  private final Path folder;

  private Written(Path folder) {
    this.folder = folder;
  }

  /** A resource with its logical id. */
  record Resource(String id, JsonNode json) {
    JsonNode property(String path) {
      return json.at("/Properties" + path);
    }

    String text(String path) {
      return property(path).asString("");
    }
  }

  /** Runs the command; the test is skipped where there is no Node.js. */
  static Written by(Path folder, String... options) {
    assumeTrue(
        Node.find(System.getenv()).isPresent(), "no Node.js on the PATH: templates cannot be made");
    List<String> args = new ArrayList<>(List.of("synth", "--out", folder.toString()));
    args.addAll(List.of(options));
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int exit =
        Synth.run(
            System.getenv(),
            new PrintWriter(out, true),
            new PrintWriter(err, true),
            args.toArray(String[]::new));
    assertThat(exit).as("%s%s", out, err).isZero();
    return new Written(folder);
  }

  JsonNode template(String stack) {
    return JSON.readTree(folder.resolve(stack + ".template.json").toFile());
  }

  Map<String, JsonNode> templates() {
    Map<String, JsonNode> all = new LinkedHashMap<>();
    STACKS.forEach(stack -> all.put(stack, template(stack)));
    return all;
  }

  /** The part of the deployment that a stack of that name is. */
  String part(String stackName) {
    JsonNode stacks = JSON.readTree(folder.resolve("manifest.json").toFile()).path("artifacts");
    List<String> found =
        STACKS.stream()
            .filter(part ->
                stacks.path(part).at("/properties/stackName").asString("").equals(stackName))
            .toList();
    assertThat(found).as("stacks called %s", stackName).hasSize(1);
    return found.getFirst();
  }

  /** All resources of a type, of all stacks. */
  List<Resource> all(String type) {
    return STACKS.stream().flatMap(stack -> in(stack, type)).toList();
  }

  private Stream<Resource> in(String stack, String type) {
    return template(stack).path("Resources").properties().stream()
        .filter(r -> r.getValue().path("Type").asString().equals(type))
        .map(r -> new Resource(r.getKey(), r.getValue()));
  }

  /** The one of a type whose property has a value. */
  Resource one(String type, String path, String value) {
    List<Resource> found = all(type).stream().filter(r -> r.text(path).equals(value)).toList();
    assertThat(found).as("%s with %s = %s", type, path, value).hasSize(1);
    return found.getFirst();
  }

  Resource only(String type) {
    assertThat(all(type)).as(type).hasSize(1);
    return all(type).getFirst();
  }

  /**
   * An expression of a template as text: {@code <AWS::Region>}, {@code <Id.Arn>}, {@code <import
   * ..>}.
   */
  static String flat(JsonNode node) {
    if (node.has("Fn::Join")) {
      StringBuilder text = new StringBuilder();
      node.path("Fn::Join").path(1).forEach(part -> text.append(flat(part)));
      return text.toString();
    }
    if (node.has("Ref")) {
      return "<" + node.path("Ref").asString() + ">";
    }
    if (node.has("Fn::GetAtt")) {
      return "<"
          + node.path("Fn::GetAtt").path(0).asString()
          + "."
          + node.path("Fn::GetAtt").path(1).asString()
          + ">";
    }
    if (node.has("Fn::ImportValue")) {
      return "<import " + node.path("Fn::ImportValue").asString() + ">";
    }
    return node.isString() ? node.stringValue() : node.toString();
  }

  /** Calls {@code seen} for every reference: kind and what it names. */
  static void references(JsonNode node, BiConsumer<String, String> seen) {
    if (node.isObject()) {
      node.properties()
          .forEach(p -> {
            switch (p.getKey()) {
              case "Ref", "Fn::ImportValue" -> seen.accept(p.getKey(), p.getValue().asString());
              case "Fn::GetAtt" -> seen.accept("Ref", p.getValue().path(0).asString());
              case "DependsOn" -> dependencies(p.getValue()).forEach(d -> seen.accept("Ref", d));
              default -> references(p.getValue(), seen);
            }
          });
    } else if (node.isArray()) {
      node.forEach(item -> references(item, seen));
    }
  }

  private static List<String> dependencies(JsonNode node) {
    return node.isArray()
        ? node.valueStream().map(JsonNode::asString).toList()
        : List.of(node.asString());
  }
}
