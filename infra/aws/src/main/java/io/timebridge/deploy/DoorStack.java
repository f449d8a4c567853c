package io.timebridge.deploy;

import io.timebridge.stream.Envelope;
import io.timebridge.stream.Route;
import io.timebridge.stream.StreamName;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import software.amazon.awscdk.CfnOutput;
import software.amazon.awscdk.RemovalPolicy;
import software.amazon.awscdk.services.apigateway.AccessLogFormat;
import software.amazon.awscdk.services.apigateway.AwsIntegration;
import software.amazon.awscdk.services.apigateway.CfnModel;
import software.amazon.awscdk.services.apigateway.DomainName;
import software.amazon.awscdk.services.apigateway.DomainNameOptions;
import software.amazon.awscdk.services.apigateway.EndpointConfiguration;
import software.amazon.awscdk.services.apigateway.EndpointType;
import software.amazon.awscdk.services.apigateway.GatewayResponseOptions;
import software.amazon.awscdk.services.apigateway.IModel;
import software.amazon.awscdk.services.apigateway.IntegrationOptions;
import software.amazon.awscdk.services.apigateway.IntegrationResponse;
import software.amazon.awscdk.services.apigateway.LogGroupLogDestination;
import software.amazon.awscdk.services.apigateway.Method;
import software.amazon.awscdk.services.apigateway.MethodDeploymentOptions;
import software.amazon.awscdk.services.apigateway.MethodLoggingLevel;
import software.amazon.awscdk.services.apigateway.MethodOptions;
import software.amazon.awscdk.services.apigateway.MethodResponse;
import software.amazon.awscdk.services.apigateway.Model;
import software.amazon.awscdk.services.apigateway.PassthroughBehavior;
import software.amazon.awscdk.services.apigateway.RequestValidator;
import software.amazon.awscdk.services.apigateway.ResponseType;
import software.amazon.awscdk.services.apigateway.RestApi;
import software.amazon.awscdk.services.apigateway.SecurityPolicy;
import software.amazon.awscdk.services.apigateway.StageOptions;
import software.amazon.awscdk.services.certificatemanager.Certificate;
import software.amazon.awscdk.services.iam.PolicyDocument;
import software.amazon.awscdk.services.iam.PolicyStatement;
import software.amazon.awscdk.services.iam.Role;
import software.amazon.awscdk.services.iam.ServicePrincipal;
import software.amazon.awscdk.services.logs.LogGroup;
import software.amazon.awscdk.services.logs.RetentionDays;
import software.constructs.Construct;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** The public door: six webhooks, each put on its stream by API Gateway itself, behind a WAF. */
final class DoorStack extends TimebridgeStack {
  private static final String STAGE = "live";

  /** Requests per second of all routes together, and of one; a burst is twice as many. */
  static final int REQUESTS_PER_SECOND = 200;

  static final int REQUESTS_PER_SECOND_AND_ROUTE = 100;

  private static final JsonMapper JSON = JsonMapper.builder().build();

  DoorStack(Construct app, Deployment deployment, DataStack data) {
    super(app, "door", "public webhooks", deployment);
    Role role = role(data);
    RestApi api = api();
    RequestValidator validator =
        api.addRequestValidator(
            "Validator",
            software.amazon.awscdk.services.apigateway.RequestValidatorOptions.builder()
                .requestValidatorName("body")
                .validateRequestBody(true)
                .validateRequestParameters(true)
                .build());
    IModel model = model(api);
    for (Route route : webhooks()) {
      method(api, route, role, validator, model);
    }
    answers(api);
    new Firewall(this).before(api);
    deployment.domain().ifPresent(domain -> domain(api, domain));
    CfnOutput.Builder.create(this, "WebhookUrl")
        .description("Where FirstService's webhooks are registered for, each route below it")
        .value(deployment.domain().map(d -> "https://" + d.name() + "/").orElseGet(api::getUrl))
        .build();
  }

  static List<Route> webhooks() {
    return Arrays.stream(Route.values()).filter(Route::isWebhook).toList();
  }

  /** What API Gateway itself may do: put records on the webhooks' streams. */
  private Role role(DataStack data) {
    List<String> streams =
        webhooks().stream()
            .map(Route::stream)
            .distinct()
            .map((StreamName s) -> arn("kinesis", "stream/" + deployment().names().stream(s)))
            .toList();
    return Role.Builder.create(this, "PutRecords")
        .assumedBy(
            ServicePrincipal.Builder.create("apigateway.amazonaws.com")
                .conditions(Map.of("StringEquals", Map.of("aws:SourceAccount", getAccount())))
                .build())
        .description("Timebridge: API Gateway puts webhooks on their streams")
        .inlinePolicies(
            Map.of(
                "streams",
                PolicyDocument.Builder.create()
                    .statements(
                        List.of(
                            allow("kinesis:PutRecord", streams),
                            allow("kms:GenerateDataKey", List.of(data.key().getKeyArn()))))
                    .build()))
        .build();
  }

  private static PolicyStatement allow(String action, List<String> resources) {
    return PolicyStatement.Builder.create().actions(List.of(action)).resources(resources).build();
  }

  private RestApi api() {
    LogGroup log =
        LogGroup.Builder.create(this, "AccessLog")
            .retention(RetentionDays.THREE_MONTHS)
            .removalPolicy(RemovalPolicy.RETAIN)
            .build();
    Map<String, MethodDeploymentOptions> throttles = new LinkedHashMap<>();
    for (Route route : webhooks()) {
      throttles.put(
          "/" + route.path() + "/POST",
          MethodDeploymentOptions.builder()
              .throttlingRateLimit(REQUESTS_PER_SECOND_AND_ROUTE)
              .throttlingBurstLimit(2 * REQUESTS_PER_SECOND_AND_ROUTE)
              .build());
    }
    return RestApi.Builder.create(this, "Api")
        .restApiName(getStackName())
        .description("Timebridge: webhooks of FirstService")
        .endpointConfiguration(
            EndpointConfiguration.builder().types(List.of(EndpointType.REGIONAL)).build())
        .disableExecuteApiEndpoint(deployment().domain().isPresent())
        // once per account and region; without it no stage can log
        .cloudWatchRole(true)
        .deployOptions(
            StageOptions.builder()
                .stageName(STAGE)
                .metricsEnabled(true)
                .dataTraceEnabled(false)
                .loggingLevel(MethodLoggingLevel.ERROR)
                .accessLogDestination(new LogGroupLogDestination(log))
                .accessLogFormat(AccessLogFormat.custom(ACCESS_LOG))
                .throttlingRateLimit(REQUESTS_PER_SECOND)
                .throttlingBurstLimit(2 * REQUESTS_PER_SECOND)
                .methodOptions(throttles)
                .build())
        .build();
  }

  /** One line of JSON per request: neither bodies nor headers. */
  private static final String ACCESS_LOG =
      "{\"id\":\"$context.extendedRequestId\",\"time\":$context.requestTimeEpoch,\"ip\":\"$context.identity.sourceIp\","
          + "\"method\":\"$context.httpMethod\",\"path\":\"$context.resourcePath\",\"status\":\"$context.status\","
          + "\"bytes\":\"$context.responseLength\",\"millis\":\"$context.responseLatency\","
          + "\"kinesis\":\"$context.integration.status\",\"waf\":\"$context.waf.status\",\"error\":\"$context.error.responseType\"}";

  private IModel model(RestApi api) {
    CfnModel model =
        CfnModel.Builder.create(this, "WebhookModel")
            .restApiId(api.getRestApiId())
            .name("Webhook")
            .contentType(WebhookTemplates.MEDIA_TYPE)
            .schema(
                JSON.readValue(
                    WebhookTemplates.schema(), new TypeReference<Map<String, Object>>() {}))
            .build();
    api.getLatestDeployment().getNode().addDependency(model);
    return Model.fromModelName(this, "Model", model.getRef());
  }

  private void method(
      RestApi api, Route route, Role role, RequestValidator validator, IModel model) {
    AwsIntegration integration =
        AwsIntegration.Builder.create()
            .service("kinesis")
            .action("PutRecord")
            .integrationHttpMethod("POST")
            .options(
                IntegrationOptions.builder()
                    .credentialsRole(role)
                    .passthroughBehavior(PassthroughBehavior.NEVER)
                    .requestParameters(
                        Map.of(
                            "integration.request.header.Content-Type",
                            "'application/x-amz-json-1.1'"))
                    .requestTemplates(
                        Map.of(
                            WebhookTemplates.MEDIA_TYPE,
                            WebhookTemplates.request(deployment().names(), route)))
                    .integrationResponses(
                        WebhookTemplates.answers().stream().map(DoorStack::answer).toList())
                    .build())
            .build();
    Method method =
        api.getRoot()
            .addResource(route.path())
            .addMethod(
                "POST",
                integration,
                MethodOptions.builder()
                    .requestValidator(validator)
                    .requestModels(Map.of(WebhookTemplates.MEDIA_TYPE, model))
                    .methodResponses(
                        WebhookTemplates.answers().stream()
                            .map(a -> Integer.toString(a.status()))
                            .distinct()
                            .map(status -> MethodResponse.builder().statusCode(status).build())
                            .toList())
                    .build());
    method.getNode().addDependency(role);
  }

  private static IntegrationResponse answer(WebhookTemplates.Answer answer) {
    IntegrationResponse.Builder builder =
        IntegrationResponse.builder()
            .statusCode(Integer.toString(answer.status()))
            .responseTemplates(Map.of(WebhookTemplates.MEDIA_TYPE, answer.template()));
    if (!answer.kinesisStatus().isEmpty()) {
      builder.selectionPattern(answer.kinesisStatus());
    }
    return builder.build();
  }

  /** What API Gateway says by itself, in the gateway's own form, and without its reasons. */
  private static void answers(RestApi api) {
    own(
        api,
        "BadBody",
        ResponseType.BAD_REQUEST_BODY,
        "400",
        "malformed",
        "payload",
        "names no entry",
        "");
    own(
        api,
        "MediaType",
        ResponseType.UNSUPPORTED_MEDIA_TYPE,
        "415",
        "unsupported_media_type",
        "content-type",
        "must be application/json in utf-8",
        "");
    own(
        api,
        "TooLarge",
        ResponseType.REQUEST_TOO_LARGE,
        "413",
        "too_large",
        "body",
        "has more than " + Envelope.MAX_BODY_BYTES + " bytes",
        "");
    own(
        api,
        "NoRoute",
        ResponseType.MISSING_AUTHENTICATION_TOKEN,
        "404",
        "unknown_route",
        "path",
        "there is no such route",
        "");
    own(
        api,
        "Throttled",
        ResponseType.THROTTLED,
        "429",
        "overloaded",
        "request",
        "too many requests",
        "1");
    own(
        api,
        "NoKinesis",
        ResponseType.INTEGRATION_FAILURE,
        "503",
        "stream_unavailable",
        "request",
        "the event could not be stored in time",
        "5");
    own(
        api,
        "LateKinesis",
        ResponseType.INTEGRATION_TIMEOUT,
        "503",
        "stream_unavailable",
        "request",
        "the event could not be stored in time",
        "5");
    own(api, "Any4xx", ResponseType.DEFAULT_4_XX, "", "bad_request", "request", "was refused", "");
    own(api, "Any5xx", ResponseType.DEFAULT_5_XX, "", "internal", "request", "failed", "5");
  }

  private static void own(
      RestApi api,
      String id,
      ResponseType type,
      String status,
      String code,
      String field,
      String message,
      String retryAfter) {
    GatewayResponseOptions.Builder builder =
        GatewayResponseOptions.builder()
            .type(type)
            .templates(Map.of(WebhookTemplates.MEDIA_TYPE, error(code, field, message)));
    if (!status.isEmpty()) {
      builder.statusCode(status);
    }
    if (!retryAfter.isEmpty()) {
      builder.responseHeaders(Map.of(WebhookTemplates.RETRY_AFTER, "'" + retryAfter + "'"));
    }
    api.addGatewayResponse(id, builder.build());
  }

  static String error(String code, String field, String message) {
    return "{\"error\":{\"code\":\"%s\",\"field\":\"%s\",\"message\":\"%s\"}}"
        .formatted(code, field, message);
  }

  private void domain(RestApi api, Deployment.Domain domain) {
    DomainName name =
        api.addDomainName(
            "Domain",
            DomainNameOptions.builder()
                .domainName(domain.name())
                .certificate(
                    Certificate.fromCertificateArn(this, "Certificate", domain.certificateArn()))
                .endpointType(EndpointType.REGIONAL)
                .securityPolicy(SecurityPolicy.TLS_1_2)
                .build());
    CfnOutput.Builder.create(this, "DomainTarget")
        .description("What the name has to point at, as an alias or CNAME")
        .value(name.getDomainNameAliasDomainName())
        .build();
  }
}
