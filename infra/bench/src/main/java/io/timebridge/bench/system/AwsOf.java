package io.timebridge.bench.system;

import io.timebridge.aws.AwsClients;
import io.timebridge.bench.measure.Job;
import io.timebridge.ordering.KeyLanes;
import io.timebridge.settings.Settings;
import io.timebridge.worker.KclApplication;
import io.timebridge.worker.WorkerId;
import java.net.URI;
import java.util.Map;
import software.amazon.awssdk.services.cloudwatch.CloudWatchAsyncClient;

/** What a job means to the worker: the same for the lanes and for plain KCL. */
final class AwsOf {
  private AwsOf() {}

  static KclApplication.Source source(Job job) {
    return new KclApplication.Source(job.stream(), job.run(), WorkerId.create());
  }

  /** The product's defaults, with the job's concurrency. */
  static KclApplication.Options options(Job job) {
    KclApplication.Options defaults = KclApplication.Options.defaults();
    KeyLanes.Limits limits = defaults.limits();
    return defaults.with(
        new KeyLanes.Limits(
            job.concurrency(),
            limits.heldPerShard(),
            limits.heldBytesPerShard(),
            limits.held(),
            limits.heldBytes()));
  }

  static KclApplication.Clients clients(Job job) {
    AwsClients aws =
        new AwsClients(
            new Settings.Aws(
                "us-east-1",
                Map.of(
                    "kinesis", URI.create(job.address("kinesis")),
                    "dynamodb", URI.create(job.address("dynamodb"))),
                true));
    return new KclApplication.Clients(
        aws.kinesisAsync(),
        aws.dynamoDbAsync(),
        aws.configure("cloudwatch", CloudWatchAsyncClient.builder()).build());
  }
}
