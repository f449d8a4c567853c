package io.timebridge.deploy;

import io.github.cdklabs.cdknag.AwsSolutionsChecks;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import software.amazon.awscdk.App;
import software.amazon.awscdk.AppProps;
import software.amazon.awscdk.Aspects;
import software.amazon.awscdk.Tags;
import software.amazon.jsii.JsiiException;
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
   * @throws JsiiException when a rule of the CDK is broken; it names rule and place
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
}
