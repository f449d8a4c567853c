package io.timebridge.deploy;

import io.timebridge.stream.Envelope;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import software.amazon.awscdk.services.apigateway.RestApi;
import software.amazon.awscdk.services.wafv2.CfnWebACL;
import software.amazon.awscdk.services.wafv2.CfnWebACLAssociation;

/**
 * The WAF: sizes and rates only. Rules that look for attacks in the text would block notes that
 * happen to look like one; nothing here interprets a body.
 */
final class Firewall {
  /** Requests of one address within five minutes; FirstService has few addresses. */
  private static final int REQUESTS_PER_ADDRESS = 30_000;

  private final TimebridgeStack stack;

  Firewall(TimebridgeStack stack) {
    this.stack = stack;
  }

  /** Puts it before the API's stage. */
  void before(RestApi api) {
    CfnWebACL acl =
        CfnWebACL.Builder.create(stack, "Firewall")
            .name(stack.getStackName())
            .scope("REGIONAL")
            .defaultAction(
                CfnWebACL.DefaultActionProperty.builder()
                    .allow(CfnWebACL.AllowActionProperty.builder().build())
                    .build())
            .associationConfig(
                CfnWebACL.AssociationConfigProperty.builder()
                    .requestBody(
                        Map.of(
                            "API_GATEWAY",
                            CfnWebACL.RequestBodyAssociatedResourceTypeConfigProperty.builder()
                                .defaultSizeInspectionLimit("KB_64")
                                .build()))
                    .build())
            .customResponseBodies(
                new TreeMap<>(
                    Map.of(
                        "too-large",
                        body(
                            DoorStack.error(
                                "too_large",
                                "body",
                                "has more than " + Envelope.MAX_BODY_BYTES + " bytes")),
                        "too-many",
                        body(DoorStack.error("overloaded", "request", "too many requests")))))
            .rules(List.of(bodySize(), rate()))
            .visibilityConfig(visible("timebridge"))
            .build();
    CfnWebACLAssociation.Builder.create(stack, "FirewallAtTheApi")
        .resourceArn(api.getDeploymentStage().getStageArn())
        .webAclArn(acl.getAttrArn())
        .build();
  }

  /** What WAF cannot see whole is as large as what is too large. */
  private static CfnWebACL.RuleProperty bodySize() {
    return rule(
        "body-size",
        0,
        CfnWebACL.StatementProperty.builder()
            .sizeConstraintStatement(
                CfnWebACL.SizeConstraintStatementProperty.builder()
                    .comparisonOperator("GT")
                    .size(Envelope.MAX_BODY_BYTES)
                    .fieldToMatch(
                        CfnWebACL.FieldToMatchProperty.builder()
                            .body(
                                CfnWebACL.BodyProperty.builder().oversizeHandling("MATCH").build())
                            .build())
                    .textTransformations(
                        List.of(
                            CfnWebACL.TextTransformationProperty.builder()
                                .priority(0)
                                .type("NONE")
                                .build()))
                    .build())
            .build(),
        413,
        "too-large");
  }

  private static CfnWebACL.RuleProperty rate() {
    return rule(
        "rate-per-address",
        1,
        CfnWebACL.StatementProperty.builder()
            .rateBasedStatement(
                CfnWebACL.RateBasedStatementProperty.builder()
                    .aggregateKeyType("IP")
                    .evaluationWindowSec(300)
                    .limit(REQUESTS_PER_ADDRESS)
                    .build())
            .build(),
        429,
        "too-many");
  }

  private static CfnWebACL.RuleProperty rule(
      String name, int priority, CfnWebACL.StatementProperty statement, int status, String body) {
    return CfnWebACL.RuleProperty.builder()
        .name(name)
        .priority(priority)
        .statement(statement)
        .action(
            CfnWebACL.RuleActionProperty.builder()
                .block(
                    CfnWebACL.BlockActionProperty.builder()
                        .customResponse(
                            CfnWebACL.CustomResponseProperty.builder()
                                .responseCode(status)
                                .customResponseBodyKey(body)
                                .build())
                        .build())
                .build())
        .visibilityConfig(visible(name))
        .build();
  }

  private static CfnWebACL.CustomResponseBodyProperty body(String json) {
    return CfnWebACL.CustomResponseBodyProperty.builder()
        .contentType("APPLICATION_JSON")
        .content(json)
        .build();
  }

  /** Counted, but no requests are sampled: they would show signatures. */
  private static CfnWebACL.VisibilityConfigProperty visible(String metric) {
    return CfnWebACL.VisibilityConfigProperty.builder()
        .cloudWatchMetricsEnabled(true)
        .metricName(metric)
        .sampledRequestsEnabled(false)
        .build();
  }
}
