package io.timebridge.deploy;

import io.github.cdklabs.cdknag.NagPackSuppression;
import io.github.cdklabs.cdknag.NagSuppressions;
import io.timebridge.stream.Route;
import io.timebridge.stream.StreamName;
import java.util.List;

/** Why a finding of cdk-nag is meant to be as it is; each names its place as narrowly as it can. */
final class Reasons {
  private Reasons() {}

  static void give(DataStack data, DoorStack door, WorkStack work) {
    for (StreamName stream : StreamName.values()) {
      at(
          data,
          "/Stream-" + stream.streamName(),
          reason(
              "AwsSolutions-KDS3",
              "a key of our own, so that access to entries can be told, granted and withdrawn"));
    }
    for (Route route : DoorStack.webhooks()) {
      at(
          door,
          "/Api/Default/" + route.path() + "/POST",
          reason(
              "AwsSolutions-APIG4",
              "FirstService signs the body by HMAC, which API Gateway cannot check: every worker does, and keeps out what is not signed"),
          reason("AwsSolutions-COG4", "FirstService has no account with us; see APIG4"));
    }
    at(
        door,
        "/Api/CloudWatchRole",
        reason(
            "AwsSolutions-IAM4",
            "AWS's own policy for writing API Gateway's logs; the role belongs to the account's setting, not to an API",
            "Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs"));
    String below =
        "Resource::arn:<AWS::Partition>:ssm:<AWS::Region>:<AWS::AccountId>:parameter"
            + work.deployment().parameterPath()
            + "/*";
    for (Permissions.Who who : Permissions.Who.values()) {
      at(
          work,
          "/Allow-" + who,
          reason("AwsSolutions-IAM5", "every setting of this deployment, and of no other", below),
          reason(
              "AwsSolutions-IAM5",
              "sns:ListTopics knows no resources; the code looks for its topic by name",
              "Resource::*"));
    }
    at(
        work,
        "/Allow-" + Permissions.Who.OPERATOR,
        reason(
            "AwsSolutions-IAM5",
            "this stack alone, whatever id it was given",
            "Resource::arn:<AWS::Partition>:cloudformation:<AWS::Region>:<AWS::AccountId>:stack/"
                + work.getStackName()
                + "/*"));
    for (String process : Tasks.PROCESSES) {
      at(
          work,
          "/" + process + "-task",
          reason(
              "AwsSolutions-ECS2",
              "region, prefix and the path of the settings; no secret: those are read from Parameter Store"),
          reason(
              "AwsSolutions-IAM5", "ecr:GetAuthorizationToken knows no resources", "Resource::*"));
    }
  }

  private static NagPackSuppression reason(String rule, String why, String... appliesTo) {
    NagPackSuppression.Builder builder = NagPackSuppression.builder().id(rule).reason(why);
    if (appliesTo.length > 0) {
      builder.appliesTo(List.of(appliesTo));
    }
    return builder.build();
  }

  private static void at(TimebridgeStack stack, String path, NagPackSuppression... reasons) {
    NagSuppressions.addResourceSuppressionsByPath(
        stack, "/" + stack.getNode().getPath() + path, List.of(reasons), true);
  }
}
