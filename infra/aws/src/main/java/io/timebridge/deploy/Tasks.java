package io.timebridge.deploy;

import io.timebridge.settings.Settings;
import io.timebridge.settings.SettingsLoader;
import io.timebridge.stream.StreamName;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import software.amazon.awscdk.Duration;
import software.amazon.awscdk.RemovalPolicy;
import software.amazon.awscdk.services.applicationautoscaling.AdjustmentType;
import software.amazon.awscdk.services.applicationautoscaling.BasicStepScalingPolicyProps;
import software.amazon.awscdk.services.applicationautoscaling.EnableScalingProps;
import software.amazon.awscdk.services.applicationautoscaling.MetricAggregationType;
import software.amazon.awscdk.services.applicationautoscaling.ScalingInterval;
import software.amazon.awscdk.services.cloudwatch.IMetric;
import software.amazon.awscdk.services.cloudwatch.MathExpression;
import software.amazon.awscdk.services.cloudwatch.Metric;
import software.amazon.awscdk.services.ec2.FlowLogDestination;
import software.amazon.awscdk.services.ec2.FlowLogOptions;
import software.amazon.awscdk.services.ec2.GatewayVpcEndpointAwsService;
import software.amazon.awscdk.services.ec2.GatewayVpcEndpointOptions;
import software.amazon.awscdk.services.ec2.Peer;
import software.amazon.awscdk.services.ec2.Port;
import software.amazon.awscdk.services.ec2.SecurityGroup;
import software.amazon.awscdk.services.ec2.SubnetConfiguration;
import software.amazon.awscdk.services.ec2.SubnetSelection;
import software.amazon.awscdk.services.ec2.SubnetType;
import software.amazon.awscdk.services.ec2.Vpc;
import software.amazon.awscdk.services.ecr.IRepository;
import software.amazon.awscdk.services.ecs.AwsLogDriverProps;
import software.amazon.awscdk.services.ecs.Capability;
import software.amazon.awscdk.services.ecs.Cluster;
import software.amazon.awscdk.services.ecs.ContainerDefinition;
import software.amazon.awscdk.services.ecs.ContainerDefinitionOptions;
import software.amazon.awscdk.services.ecs.ContainerImage;
import software.amazon.awscdk.services.ecs.ContainerInsights;
import software.amazon.awscdk.services.ecs.DeploymentCircuitBreaker;
import software.amazon.awscdk.services.ecs.FargateService;
import software.amazon.awscdk.services.ecs.FargateTaskDefinition;
import software.amazon.awscdk.services.ecs.HealthCheck;
import software.amazon.awscdk.services.ecs.LinuxParameters;
import software.amazon.awscdk.services.ecs.LogDriver;
import software.amazon.awscdk.services.ecs.MountPoint;
import software.amazon.awscdk.services.ecs.Volume;
import software.amazon.awscdk.services.iam.Role;
import software.amazon.awscdk.services.iam.ServicePrincipal;
import software.amazon.awscdk.services.logs.LogGroup;
import software.amazon.awscdk.services.logs.RetentionDays;

/**
 * The poller and the workers, as Fargate tasks in private subnets. Both services lie in the public
 * internet, so there is a NAT gateway in any case; besides it only the endpoints that cost nothing
 * (DynamoDB, S3). One NAT gateway: an outage of its zone is a pause, and loses nothing.
 */
final class Tasks implements Roles.Running {
  private static final String POLLER = "poller";
  private static final String WORKER = "worker";

  /** What runs as a service. */
  static final List<String> PROCESSES = List.of(POLLER, WORKER);

  /** Of the whole fleet: one that is active and one that takes over. */
  private static final int POLLERS = 2;

  private static final String USER = "10001:10001";

  /** The only folder that the image writes to; a task's volume takes its owner from there. */
  private static final String WRITABLE = "/run/timebridge";

  /** The image's own health check, which ECS does not read. */
  private static final String IS_WELL =
      "test $(( $(date +%s) - $(stat -c %Y /run/timebridge/health) )) -lt 15";

  private static final int MOST_STOP_SECONDS = 120;

  /** On the task's own loopback: for a collector that is put beside the process. */
  private static final String METRICS_PORT = "9464";

  private final TimebridgeStack stack;
  private final Roles roles;
  private final IRepository images;
  private final String version;
  private final Cluster cluster;
  private final Map<String, Kind> running = new LinkedHashMap<>();

  /** All tasks of a process. */
  private record Kind(FargateService service, LogGroup log) {}

  Tasks(TimebridgeStack stack, Roles roles, IRepository images, String version) {
    this.stack = stack;
    this.roles = roles;
    this.images = images;
    this.version = version;
    Vpc vpc = network();
    SecurityGroup outwards = outwards(vpc);
    this.cluster =
        Cluster.Builder.create(stack, "Cluster")
            .vpc(vpc)
            .containerInsightsV2(ContainerInsights.ENABLED)
            .build();
    Settings settings = stack.deployment().settings();
    service(outwards, POLLER, Permissions.Who.POLLER, POLLERS, Duration.seconds(60));
    FargateService workers =
        service(
            outwards,
            WORKER,
            Permissions.Who.WORKER,
            stack.deployment().workers().atLeast(),
            Duration.seconds(
                Math.min(MOST_STOP_SECONDS, settings.worker().stopWithin().toSeconds() + 15)));
    scale(workers);
  }

  String clusterName() {
    return cluster.getClusterName();
  }

  FargateService service(String process) {
    return of(process).service();
  }

  LogGroup log(String process) {
    return of(process).log();
  }

  private Kind of(String process) {
    Kind known = running.get(process);
    if (known == null) {
      throw new IllegalArgumentException("no such process: " + process);
    }
    return known;
  }

  @Override
  public String serviceArn(String process) {
    return service(process).getServiceArn();
  }

  @Override
  public String logArn(String process) {
    return log(process).getLogGroupArn();
  }

  @Override
  public String definitionArn(String process) {
    return stack.arn(
        "ecs", "task-definition/" + service(process).getTaskDefinition().getFamily() + ":*");
  }

  private Vpc network() {
    LogGroup flows =
        LogGroup.Builder.create(stack, "Flows")
            .retention(RetentionDays.ONE_MONTH)
            .removalPolicy(RemovalPolicy.DESTROY)
            .build();
    return Vpc.Builder.create(stack, "Network")
        .maxAzs(2)
        .natGateways(1)
        .restrictDefaultSecurityGroup(false)
        .subnetConfiguration(
            List.of(
                SubnetConfiguration.builder()
                    .name("public")
                    .subnetType(SubnetType.PUBLIC)
                    .mapPublicIpOnLaunch(false)
                    .cidrMask(28)
                    .build(),
                SubnetConfiguration.builder()
                    .name("private")
                    .subnetType(SubnetType.PRIVATE_WITH_EGRESS)
                    .cidrMask(24)
                    .build()))
        .gatewayEndpoints(
            new TreeMap<>(
                Map.of(
                    "DynamoDb",
                    GatewayVpcEndpointOptions.builder()
                        .service(GatewayVpcEndpointAwsService.DYNAMODB)
                        .build(),
                    "S3",
                    GatewayVpcEndpointOptions.builder()
                        .service(GatewayVpcEndpointAwsService.S3)
                        .build())))
        .flowLogs(
            Map.of(
                "Flows",
                FlowLogOptions.builder()
                    .destination(FlowLogDestination.toCloudWatchLogs(flows))
                    .build()))
        .build();
  }

  /** Nothing comes in; HTTPS goes out, and whatever port a service's address names. */
  private SecurityGroup outwards(Vpc vpc) {
    SecurityGroup group =
        SecurityGroup.Builder.create(stack, "Outwards")
            .vpc(vpc)
            .allowAllOutbound(false)
            .description("Timebridge: nothing in, HTTPS out")
            .build();
    Settings settings = stack.deployment().settings();
    Map<String, String> given = stack.deployment().parameters();
    TreeSet<Integer> ports = new TreeSet<>(List.of(443));
    Stream.of(
            given.containsKey("first-service.url")
                ? List.of(settings.firstService().url())
                : List.<URI>of(),
            given.containsKey("second-service.url")
                ? List.of(settings.secondService().url())
                : List.<URI>of())
        .flatMap(List::stream)
        .forEach(uri ->
            ports.add(
                uri.getPort() > 0 ? uri.getPort() : "http".equals(uri.getScheme()) ? 80 : 443));
    ports.forEach(port ->
        group.addEgressRule(Peer.anyIpv4(), Port.tcp(port), "services and AWS, port " + port));
    return group;
  }

  private FargateService service(
      SecurityGroup outwards, String process, Permissions.Who who, int tasks, Duration stopWithin) {
    Role role =
        Role.Builder.create(stack, process + "-role")
            .assumedBy(new ServicePrincipal("ecs-tasks.amazonaws.com"))
            .description("Timebridge: " + process)
            .build();
    roles.give(role, who);
    FargateTaskDefinition definition =
        FargateTaskDefinition.Builder.create(stack, process + "-task")
            .cpu(512)
            .memoryLimitMiB(1024)
            .taskRole(role)
            .volumes(List.of(Volume.builder().name("writable").build()))
            .build();
    LogGroup log =
        LogGroup.Builder.create(stack, process + "-log")
            .retention(RetentionDays.ONE_MONTH)
            .removalPolicy(RemovalPolicy.RETAIN)
            .build();
    ContainerDefinition container =
        definition.addContainer(
            process,
            ContainerDefinitionOptions.builder()
                .image(ContainerImage.fromEcrRepository(images, version))
                .command(List.of(process))
                .environment(environment())
                .user(USER)
                .readonlyRootFilesystem(true)
                .healthCheck(
                    HealthCheck.builder()
                        .command(List.of("CMD", "/bin/sh", "-c", IS_WELL))
                        .interval(Duration.seconds(5))
                        .timeout(Duration.seconds(3))
                        .startPeriod(Duration.seconds(60))
                        .retries(3)
                        .build())
                .linuxParameters(
                    LinuxParameters.Builder.create(stack, process + "-linux")
                        .initProcessEnabled(true)
                        .build())
                .stopTimeout(stopWithin)
                .logging(
                    LogDriver.awsLogs(
                        AwsLogDriverProps.builder().logGroup(log).streamPrefix(process).build()))
                .build());
    container.addMountPoints(
        MountPoint.builder()
            .containerPath(WRITABLE)
            .sourceVolume("writable")
            .readOnly(false)
            .build());
    container.getLinuxParameters().dropCapabilities(Capability.ALL);
    FargateService service =
        FargateService.Builder.create(stack, process)
            .cluster(cluster)
            .taskDefinition(definition)
            .desiredCount(tasks)
            .assignPublicIp(false)
            .vpcSubnets(
                SubnetSelection.builder().subnetType(SubnetType.PRIVATE_WITH_EGRESS).build())
            .securityGroups(List.of(outwards))
            .minHealthyPercent(50)
            .maxHealthyPercent(200)
            .circuitBreaker(DeploymentCircuitBreaker.builder().rollback(true).build())
            .build();
    running.put(process, new Kind(service, log));
    return service;
  }

  /** What a process needs before it can ask for its parameters, which win over all of this. */
  private Map<String, String> environment() {
    Map<String, String> environment = new LinkedHashMap<>();
    environment.put(SettingsLoader.environmentName("ssm.path"), stack.deployment().parameterPath());
    environment.put(SettingsLoader.environmentName("aws.region"), stack.getRegion());
    environment.put(SettingsLoader.environmentName("metrics.port"), METRICS_PORT);
    environment.put(SettingsLoader.environmentName("log.format"), "json");
    if (!stack.deployment().names().prefix().isEmpty()) {
      environment.put(
          SettingsLoader.environmentName("name-prefix"), stack.deployment().names().prefix());
    }
    return environment;
  }

  /**
   * By steps on the time behind, up to a worker per shard. A target to track would need a measure
   * that falls as workers are added; the time behind falls only after they have caught up.
   */
  private void scale(FargateService workers) {
    Deployment.Workers bounds = stack.deployment().workers();
    workers
        .autoScaleTaskCount(
            EnableScalingProps.builder()
                .minCapacity(bounds.atLeast())
                .maxCapacity(bounds.atMost())
                .build())
        .scaleOnMetric(
            "TimeBehind",
            BasicStepScalingPolicyProps.builder()
                .metric(secondsBehind())
                .adjustmentType(AdjustmentType.CHANGE_IN_CAPACITY)
                .metricAggregationType(MetricAggregationType.MAXIMUM)
                .evaluationPeriods(2)
                .cooldown(Duration.minutes(3))
                .scalingSteps(
                    List.of(
                        ScalingInterval.builder().upper(5).change(-1).build(),
                        ScalingInterval.builder().lower(60).change(1).build(),
                        ScalingInterval.builder().lower(300).change(2).build()))
                .build());
  }

  /** How far the slowest stream is behind. */
  private IMetric secondsBehind() {
    Map<String, IMetric> ages = new LinkedHashMap<>();
    List<String> names = new ArrayList<>();
    for (StreamName stream : StreamName.values()) {
      String name = "m" + (names.size() + 1);
      names.add(name);
      ages.put(name, millisBehind(stack.deployment(), stream));
    }
    return MathExpression.Builder.create()
        .expression("MAX([" + String.join(",", names) + "])/1000")
        .usingMetrics(ages)
        .label("seconds behind")
        .period(Duration.minutes(1))
        .build();
  }

  static Metric millisBehind(Deployment deployment, StreamName stream) {
    return Metric.Builder.create()
        .namespace("AWS/Kinesis")
        .metricName("GetRecords.IteratorAgeMilliseconds")
        .dimensionsMap(Map.of("StreamName", deployment.names().stream(stream)))
        .statistic("Maximum")
        .period(Duration.minutes(1))
        .build();
  }
}
