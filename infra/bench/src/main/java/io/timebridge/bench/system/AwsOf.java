package io.timebridge.bench.system;

import io.timebridge.bench.measure.Job;
import io.timebridge.settings.Settings;
import io.timebridge.settings.SettingsLoader;
import java.util.Map;

/** The product's settings for a job: its defaults, but for where AWS is and how much is at work. */
final class AwsOf {
  private AwsOf() {}

  static Settings settings(Job job) {
    return new SettingsLoader()
        .values(
            Map.of(
                "aws.local", "true",
                "aws.endpoints.kinesis", job.address("kinesis"),
                "aws.endpoints.dynamodb", job.address("dynamodb"),
                "name-prefix", job.prefix(),
                "worker.in-flight", String.valueOf(job.concurrency())),
            "bench")
        .load((aws, path) -> Map.of())
        .settings();
  }
}
