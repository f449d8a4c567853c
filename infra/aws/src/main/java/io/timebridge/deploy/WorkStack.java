package io.timebridge.deploy;

import io.timebridge.stream.QueueName;
import io.timebridge.stream.Tick;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import software.amazon.awscdk.CfnOutput;
import software.amazon.awscdk.CfnParameter;
import software.amazon.awscdk.services.iam.AccountRootPrincipal;
import software.amazon.awscdk.services.iam.PolicyDocument;
import software.amazon.awscdk.services.iam.PolicyStatement;
import software.amazon.awscdk.services.iam.Role;
import software.amazon.awscdk.services.iam.ServicePrincipal;
import software.amazon.awscdk.services.scheduler.CfnSchedule;
import software.constructs.Construct;

/**
 * What does the work: the network, the tasks of poller and worker, the schedules, the role of a
 * person's commands, the alarms.
 */
final class WorkStack extends TimebridgeStack {
  WorkStack(Construct app, Deployment deployment, DataStack data) {
    super(app, "work", "poller, workers, schedules, alarms", deployment);
    Roles roles = new Roles(this, data.key());
    String version =
        CfnParameter.Builder.create(this, "ImageTag")
            .type("String")
            .allowedPattern("[A-Za-z0-9_][A-Za-z0-9._-]{0,127}")
            .description("Tag of the image to run, in the repository of the data stack")
            .build()
            .getValueAsString();
    Tasks tasks = new Tasks(this, roles, data.images(), version);
    schedules(data);
    new Alarms(this, data, tasks).create();
    Role operator =
        Role.Builder.create(this, "Operator")
            .roleName(getStackName() + "-operator")
            .assumedBy(
                new AccountRootPrincipal()
                    .withConditions(Map.of("Bool", Map.of("aws:MultiFactorAuthPresent", "true"))))
            .description("Timebridge: a person's commands")
            .build();
    roles.give(operator, Permissions.Who.OPERATOR, tasks);
    output(
        "OperatorRoleArn", "Assumed by people, with MFA, for the commands", operator.getRoleArn());
    output("ClusterName", "Where the tasks run", tasks.clusterName());
    for (String process : Tasks.PROCESSES) {
      String name = Character.toUpperCase(process.charAt(0)) + process.substring(1);
      output(name + "Service", "Runs " + process, tasks.service(process).getServiceName());
      output(name + "Log", "What " + process + " logs", tasks.log(process).getLogGroupName());
    }
  }

  private void output(String id, String description, String value) {
    CfnOutput.Builder.create(this, id).description(description).value(value).build();
  }

  /** Between two ticks of the poller; one that looks at other times keeps its own timer. */
  static final Duration TICK_EVERY = Duration.ofMinutes(1);

  /** Each tick becomes a message of the tick queue; one that cannot be sent is put aside. */
  private void schedules(DataStack data) {
    String ticks = data.queue(QueueName.TICKS).getQueueArn();
    String dead = data.queue(QueueName.TICK_DEAD_LETTERS).getQueueArn();
    Role role =
        Role.Builder.create(this, "SendTicks")
            .assumedBy(
                ServicePrincipal.Builder.create("scheduler.amazonaws.com")
                    .conditions(Map.of("StringEquals", Map.of("aws:SourceAccount", getAccount())))
                    .build())
            .description("Timebridge: the schedules send ticks")
            .inlinePolicies(
                Map.of(
                    "ticks",
                    PolicyDocument.Builder.create()
                        .statements(
                            List.of(
                                PolicyStatement.Builder.create()
                                    .actions(List.of("sqs:SendMessage"))
                                    .resources(List.of(ticks, dead))
                                    .build(),
                                PolicyStatement.Builder.create()
                                    .actions(List.of("kms:Decrypt", "kms:GenerateDataKey"))
                                    .resources(List.of(data.key().getKeyArn()))
                                    .build()))
                        .build()))
            .build();
    for (Tick tick : Tick.values()) {
      CfnSchedule.Builder.create(this, "Tick-" + tick.text())
          .name(deployment().names().prefix() + "timebridge-" + tick.text())
          .description("Timebridge: " + tick.text())
          .scheduleExpression(expression(tick))
          .scheduleExpressionTimezone("UTC")
          .flexibleTimeWindow(CfnSchedule.FlexibleTimeWindowProperty.builder().mode("OFF").build())
          .target(
              CfnSchedule.TargetProperty.builder()
                  .arn(ticks)
                  .roleArn(role.getRoleArn())
                  .input(tick.message())
                  .deadLetterConfig(
                      CfnSchedule.DeadLetterConfigProperty.builder().arn(dead).build())
                  .retryPolicy(
                      CfnSchedule.RetryPolicyProperty.builder()
                          // The next one does the same: a tick of a minute ago is not worth having.
                          .maximumEventAgeInSeconds(60)
                          .maximumRetryAttempts(3)
                          .build())
                  .build())
          .build();
    }
  }

  static String expression(Tick tick) {
    return switch (tick) {
      case NEW_JOBS, JOB_UPDATES -> "rate(1 minute)";
      case CLEANUP -> "rate(45 days)";
      case RECONCILE -> "cron(30 2 * * ? *)";
    };
  }
}
