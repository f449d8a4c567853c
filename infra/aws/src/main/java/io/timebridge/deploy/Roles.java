package io.timebridge.deploy;

import io.timebridge.deploy.Permissions.Grant;
import io.timebridge.deploy.Permissions.Thing;
import io.timebridge.stream.Names;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import software.amazon.awscdk.services.iam.Policy;
import software.amazon.awscdk.services.iam.PolicyStatement;
import software.amazon.awscdk.services.iam.Role;
import software.amazon.awscdk.services.kms.IKey;

/** Gives roles what {@link Permissions} lists, and the key that it is encrypted with. */
final class Roles {
  private final TimebridgeStack stack;
  private final IKey key;

  Roles(TimebridgeStack stack, IKey key) {
    this.stack = stack;
    this.key = key;
  }

  void give(Role role, Permissions.Who who) {
    List<PolicyStatement> statements = new ArrayList<>();
    TreeSet<String> services = new TreeSet<>();
    for (Grant grant : Permissions.of(who, stack.deployment().parameterPath())) {
      services.add(grant.service());
      statements.add(
          PolicyStatement.Builder.create()
              .actions(grant.actions().stream().map(a -> grant.service() + ":" + a).toList())
              .resources(grant.things().stream().flatMap(t -> arns(t).stream()).toList())
              .build());
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

  private List<String> arns(Thing thing) {
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
      case Thing.Anything anything -> List.of("*");
    };
  }
}
