package io.timebridge.deploy;

import java.util.Locale;
import software.amazon.awscdk.DefaultStackSynthesizer;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.StackProps;
import software.constructs.Construct;

/** A stack of one deployment: free of an account; its region is the one it is deployed to. */
class TimebridgeStack extends Stack {
  private final Deployment deployment;

  TimebridgeStack(Construct app, String part, String description, Deployment deployment) {
    super(
        app,
        part,
        StackProps.builder()
            .stackName(name(part, deployment))
            .description("Timebridge: " + description)
            .analyticsReporting(false)
            // The command line looks whether the account is bootstrapped; the template need not.
            .synthesizer(
                DefaultStackSynthesizer.Builder.create()
                    .generateBootstrapVersionRule(false)
                    .build())
            .build());
    this.deployment = deployment;
  }

  final Deployment deployment() {
    return deployment;
  }

  /** An ARN of this account, region and partition. */
  final String arn(String service, String resource) {
    return "arn:%s:%s:%s:%s:%s"
        .formatted(getPartition(), service, getRegion(), getAccount(), resource);
  }

  private static String name(String part, Deployment deployment) {
    String prefix =
        deployment.names().prefix().toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
    return ("timebridge-" + prefix + "-" + part).replaceAll("-+", "-");
  }
}
