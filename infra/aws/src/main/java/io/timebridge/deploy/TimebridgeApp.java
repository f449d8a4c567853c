package io.timebridge.deploy;

import io.github.cdklabs.cdknag.AwsSolutionsChecks;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import software.amazon.awscdk.App;
import software.amazon.awscdk.AppProps;
import software.amazon.awscdk.Aspects;
import software.amazon.awscdk.Tags;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The app of all three stacks, checked by the CDK's own rules and by cdk-nag. */
final class TimebridgeApp {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final Path out;
  private final App app;
  private final DataStack data;
  private final DoorStack door;
  private final WorkStack work;

  /**
   * @param out where the templates are written
   */
  TimebridgeApp(Deployment deployment, Path out) {
    this.out = out;
    this.app = app(out);
    this.data = new DataStack(app, deployment);
    this.door = new DoorStack(app, deployment, data);
    this.work = new WorkStack(app, deployment, data);
    Tags.of(app).add("app", "timebridge");
    Reasons.give(data, door, work);
    Aspects.of(app).add(AwsSolutionsChecks.Builder.create().verbose(true).build());
  }

  /** An app without stacks, with the CDK's own rules on as errors. */
  static App app(Path out) {
    return new App(
        AppProps.builder()
            .outdir(out.toAbsolutePath().toString())
            .analyticsReporting(false)
            .treeMetadata(false)
            .context(
                Map.of(
                    "@aws-cdk/core:validateAgainstDefaultRules",
                    true,
                    "@aws-cdk/core:defaultCrossStackReferences",
                    "strong"))
            .build());
  }

  /** In the order in which they are deployed. */
  List<TimebridgeStack> stacks() {
    return List.of(data, door, work);
  }

  /**
   * Writes the templates.
   *
   * @return what cdk-nag or the CDK found to be wrong, with its place; the templates are not to be
   *     deployed then
   * @throws RuntimeException as jsii throws it, when a rule of the CDK is broken; see {@link
   *     #brokenRules}
   */
  List<String> synth() {
    app.synth();
    List<String> wrong = new ArrayList<>();
    for (TimebridgeStack stack : stacks()) {
      Path file = out.resolve(stack.getNode().getId() + ".metadata.json");
      for (Map.Entry<String, JsonNode> place : JSON.readTree(file.toFile()).properties()) {
        place
            .getValue()
            .forEach(entry -> {
              if (entry.path("type").asString().equals("aws:cdk:error")) {
                wrong.add(place.getKey() + ": " + entry.path("data").asString());
              }
            });
      }
    }
    return wrong;
  }

  /** The rules of the CDK that templates in a folder break, with their places. */
  static List<String> brokenRules(Path out) {
    File report = report(out).toFile();
    if (!report.isFile()) {
      return List.of();
    }
    return JSON.readTree(report)
        .path("pluginReports")
        .valueStream()
        .flatMap(plugin -> plugin.path("violations").valueStream())
        .filter(violation -> violation.path("severity").asString().equals("error"))
        .flatMap(violation ->
            violation
                .path("violatingConstructs")
                .valueStream()
                .map(construct ->
                    "%s: %s %s"
                        .formatted(
                            construct.path("constructPath").asString(),
                            violation.path("ruleName").asString(),
                            violation.path("description").asString())))
        .toList();
  }

  /** So that the report of an earlier run is not taken for that of the next. */
  static void forgetReport(Path out) throws IOException {
    Files.deleteIfExists(report(out));
  }

  private static Path report(Path out) {
    return out.resolve("validation-report.json");
  }
}
