package io.timebridge.stream;

import java.time.Duration;

/** The Kinesis streams and the KCL application that consumes each. */
public enum StreamName {
  /**
   * Entry events in the order they have to be applied to SecondService; partition key = entry id.
   */
  TIMESHEET_EVENTS("timesheet-events", "timebridge-timesheets"),
  /** Copies of every entry as FirstService sent it; partition key = entry id. */
  TIMESHEET_BACKUP("timesheet-backup", "timebridge-backup"),
  /**
   * What changed among SecondService's jobs and clients; partition key = {@code job-<id>} or {@code
   * client-<id>}.
   */
  JOB_EVENTS("job-events", "timebridge-jobs");

  /** How long a stream keeps records, and therefore how long an outage may last: 7 days. */
  public static final Duration DEFAULT_RETENTION = Duration.ofDays(7);

  private static final String PREFIX = "timebridge-";

  private final String streamName;
  private final String application;

  StreamName(String streamName, String application) {
    this.streamName = streamName;
    this.application = application;
  }

  /** The name without a deployment's prefix. */
  public String streamName() {
    return streamName;
  }

  /** Name of the consuming application in {@code worker.apps}: {@code timesheets}. */
  public String app() {
    return application.substring(PREFIX.length());
  }

  /**
   * Name of the consuming KCL application, and so of its lease table, without a deployment's
   * prefix.
   */
  public String application() {
    return application;
  }
}
