package io.timebridge.deploy;

import io.timebridge.deploy.Permissions.Grant;
import io.timebridge.deploy.Permissions.Thing;
import io.timebridge.stream.Names;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import software.amazon.awscdk.services.iam.Policy;
import software.amazon.awscdk.services.iam.PolicyStatement;
import software.amazon.awscdk.services.iam.Role;
import software.amazon.awscdk.services.kms.IKey;

/** Gives roles what {@link Permissions} lists, and the key that it is encrypted with. */
final class Roles {
  /** Whose content is encrypted with the key. */
  private static final Set<String> ENCRYPTED = Set.of("dynamodb", "kinesis", "sns", "sqs", "ssm");

  /** Where the tasks are, for who may do something to them. */
  interface Running {
    String serviceArn(String process);

    String logArn(String process);

    /** Any version of what tasks of the process are made of. */
    String definitionArn(String process);
  }

  private final TimebridgeStack stack;
  private final IKey key;

  Roles(TimebridgeStack stack, IKey key) {
    this.stack = stack;
    this.key = key;
  }

  /** To a process, which does nothing to tasks. */
  void give(Role role, Permissions.Who who) {
    give(role, who, Optional.empty());
  }

  void give(Role role, Permissions.Who who, Running running) {
    give(role, who, Optional.of(running));
  }

  private void give(Role role, Permissions.Who who, Optional<Running> running) {
    List<PolicyStatement> statements = new ArrayList<>();
    TreeSet<String> services = new TreeSet<>();
    for (Grant grant : Permissions.of(who, stack.deployment().parameterPath())) {
      if (ENCRYPTED.contains(grant.service())) {
        services.add(grant.service());
      }
      PolicyStatement.Builder statement =
          PolicyStatement.Builder.create()
              .actions(grant.actions().stream().map(a -> grant.service() + ":" + a).toList())
              .resources(grant.things().stream().flatMap(t -> arns(t, running).stream()).toList());
      if (grant.service().equals("ecs")) {
        statement.conditions(onlyItsOwnTasks(running.orElseThrow()));
      }
      statements.add(statement.build());
    }
    statements.add(
        PolicyStatement.Builder.create()
            .sid("Encryption")
            .actions(
                List.of(
                    "kms:Decrypt",
                    "kms:DescribeKey",
                    "kms:Encrypt",
                    "kms:GenerateDataKey",
                    "kms:ReEncryptFrom",
                    "kms:ReEncryptTo"))
            .resources(List.of(key.getKeyArn()))
            .conditions(
                Map.of(
                    "StringEquals",
                    Map.of(
                        "kms:ViaService",
                        services.stream()
                            .map(s -> s + "." + stack.getRegion() + "." + stack.getUrlSuffix())
                            .toList())))
            .build());
    Policy.Builder.create(stack, "Allow-" + who)
        .policyName(who.name().toLowerCase(Locale.ROOT))
        .statements(statements)
        .roles(List.of(role))
        .build();
  }

  /** A service may be started again, and not be made to run something else. */
  private static Map<String, Object> onlyItsOwnTasks(Running running) {
    return Map.of(
        "ArnLikeIfExists",
        Map.of(
            "ecs:task-definition", Tasks.PROCESSES.stream().map(running::definitionArn).toList()));
  }

  private List<String> arns(Thing thing, Optional<Running> running) {
    Names names = stack.deployment().names();
    String path = thing.path(names);
    return switch (thing) {
      case Thing.DataStream stream -> List.of(stack.arn("kinesis", path));
      case Thing.Table table -> List.of(stack.arn("dynamodb", path));
      case Thing.Index index -> List.of(stack.arn("dynamodb", path));
      case Thing.Leases leases -> List.of(stack.arn("dynamodb", path));
      case Thing.LeaseIndex index -> List.of(stack.arn("dynamodb", path));
      case Thing.FormerTable table -> List.of(stack.arn("dynamodb", path));
      case Thing.Queue(var queue) -> List.of(stack.arn("sqs", names.queue(queue)));
      case Thing.AlertTopic topic -> List.of(stack.arn("sns", names.alertTopic()));
      case Thing.Parameters(String below) ->
          List.of(
              stack.arn("ssm", "parameter" + below), stack.arn("ssm", "parameter" + below + "/*"));
      case Thing.Parameter(String at) -> List.of(stack.arn("ssm", "parameter" + at));
      case Thing.Service(String process) -> List.of(running.orElseThrow().serviceArn(process));
      case Thing.Log(String process) -> List.of(running.orElseThrow().logArn(process));
      case Thing.WorkStack work ->
          List.of(stack.arn("cloudformation", "stack/" + stack.getStackName() + "/*"));
      case Thing.Anything anything -> List.of("*");
    };
  }
}
