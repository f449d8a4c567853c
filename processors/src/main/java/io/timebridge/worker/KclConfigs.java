package io.timebridge.worker;

import java.time.Duration;
import java.util.function.Function;
import software.amazon.kinesis.common.ConfigsBuilder;
import software.amazon.kinesis.common.InitialPositionInStream;
import software.amazon.kinesis.common.InitialPositionInStreamExtended;
import software.amazon.kinesis.coordinator.CoordinatorConfig;
import software.amazon.kinesis.coordinator.Scheduler;
import software.amazon.kinesis.coordinator.WorkerStateChangeListener;
import software.amazon.kinesis.leases.LeaseAssignmentStrategy;
import software.amazon.kinesis.leases.LeaseManagementConfig;
import software.amazon.kinesis.lifecycle.LifecycleConfig;
import software.amazon.kinesis.metrics.MetricsConfig;
import software.amazon.kinesis.metrics.MetricsFactory;
import software.amazon.kinesis.processor.ProcessorConfig;
import software.amazon.kinesis.processor.ShardRecordProcessorFactory;
import software.amazon.kinesis.processor.SingleStreamTracker;
import software.amazon.kinesis.retrieval.RetrievalConfig;
import software.amazon.kinesis.retrieval.polling.PollingConfig;

/**
 * How KCL is set up: polling, from the trim horizon, without CloudWatch metrics, and quick to start
 * and to take over. KCL's own defaults need minutes to replace a dead leader; here everything that
 * has to do with that follows {@code failover} F, in the proportions that were measured at F = 2 s.
 */
final class KclConfigs {
  /** Records asked for at a time; Kinesis answers with 10 MB at most. */
  private static final int MAX_RECORDS = 10_000;

  /** The least KCL allows; Kinesis itself allows 5 reads a second. */
  private static final long IDLE_BETWEEN_READS_MILLIS = 200;

  private static final InitialPositionInStreamExtended TRIM_HORIZON =
      InitialPositionInStreamExtended.newInitialPosition(InitialPositionInStream.TRIM_HORIZON);

  private final KclApplication.Source source;
  private final KclApplication.Options options;
  private final KclApplication.Clients clients;
  private final Function<String, ReadAhead> reads;
  private final MetricsFactory measures;
  private final ConfigsBuilder configs;

  /**
   * @param reads asked for once whenever a shard is taken, before its record processor is made
   * @param measures takes what KCL measures
   */
  KclConfigs(
      KclApplication.Source source,
      KclApplication.Options options,
      KclApplication.Clients clients,
      Function<String, ReadAhead> reads,
      ShardRecordProcessorFactory processors,
      MetricsFactory measures) {
    this.measures = measures;
    this.source = source;
    this.options = options;
    this.clients = clients;
    this.reads = reads;
    this.configs =
        new ConfigsBuilder(
            new SingleStreamTracker(source.stream(), TRIM_HORIZON),
            source.application(),
            clients.kinesis(),
            clients.dynamoDb(),
            clients.cloudWatch(),
            source.workerId(),
            processors);
  }

  Scheduler scheduler(WorkerStateChangeListener listener) {
    return new Scheduler(
        configs.checkpointConfig(),
        coordinator(listener),
        leases(),
        lifecycle(),
        metrics(),
        processor(),
        retrieval());
  }

  private CoordinatorConfig coordinator(WorkerStateChangeListener listener) {
    return configs
        .coordinatorConfig()
        .parentShardPollIntervalMillis(200)
        .shardConsumerDispatchPollIntervalMillis(100)
        .workerStateChangeListener(listener);
  }

  private LeaseManagementConfig leases() {
    long failover = options.failover().toMillis();
    LeaseManagementConfig leases =
        configs
            .leaseManagementConfig()
            .initialPositionInStream(TRIM_HORIZON)
            .failoverTimeMillis(failover)
            .shardSyncIntervalMillis(failover / 2)
            .leaseAssignmentIntervalMillis(failover / 4)
            .listShardsBackoffTimeInMillis(200)
            .dynamoDbLockBasedLeaderLeaseDurationInMillis(failover * 3 / 2)
            .dynamoDbLockBasedLeaderHeartbeatPeriodInMillis(failover / 2)
            .leasesRecoveryAuditorExecutionFrequencyMillis(failover)
            .leasesRecoveryAuditorInconsistencyConfidenceThreshold(1)
            // Shares are counted in shards: without worker metrics KCL has nothing better to go by.
            .leaseAssignmentStrategy(LeaseAssignmentStrategy.LEASE_COUNT_BASED)
            .gracefulLeaseHandoffConfig(
                LeaseManagementConfig.GracefulLeaseHandoffConfig.builder()
                    .gracefulLeaseHandoffTimeoutMillis(
                        options.stopWithin().plus(Duration.ofSeconds(5)).toMillis())
                    .build());
    leases
        .workerUtilizationAwareAssignmentConfig()
        .disableWorkerMetrics(true)
        // Also the sign of life: the leader gives shards to a worker until twice this has passed.
        .workerMetricsReporterFreqInMillis(failover);
    return leases;
  }

  private LifecycleConfig lifecycle() {
    return configs.lifecycleConfig().taskBackoffTimeMillis(100);
  }

  private MetricsConfig metrics() {
    return configs.metricsConfig().metricsFactory(measures);
  }

  private ProcessorConfig processor() {
    // An empty batch is a chance to checkpoint what has finished meanwhile.
    return configs.processorConfig().callProcessRecordsEvenForEmptyRecordList(true);
  }

  private RetrievalConfig retrieval() {
    return configs
        .retrievalConfig()
        .listShardsBackoffTimeInMillis(200)
        .retrievalSpecificConfig(
            new PollingConfig(source.stream(), clients.kinesis())
                .maxRecords(MAX_RECORDS)
                .dataFetcherProvider(shard ->
                    new BoundedFetcher(clients.kinesis(), shard, reads.apply(shard.getShardId())))
                .idleTimeBetweenReadsInMillis(IDLE_BETWEEN_READS_MILLIS));
  }
}
