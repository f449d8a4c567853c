package io.timebridge.stream;

import java.util.regex.Pattern;

/**
 * The names of a deployment's resources: those of the contract with the deployment's prefix before
 * them. The default prefix is empty.
 *
 * @param prefix put before every name; at most 40 characters of {@code A-Z a-z 0-9 _ -}
 */
public record Names(String prefix) {
  /** The SNS topic that alerts go to (it feeds the Slack channel). */
  private static final String ALERT_TOPIC = "aws-errors";

  /**
   * What a prefix may look like: valid in the names of streams, tables, queues and topics alike.
   */
  public static final Pattern PREFIX = Pattern.compile("[A-Za-z0-9_-]{0,40}");

  public Names {
    if (!PREFIX.matcher(prefix).matches()) {
      throw new IllegalArgumentException("a prefix must match " + PREFIX + ": " + prefix);
    }
  }

  public String stream(StreamName stream) {
    return prefix + stream.streamName();
  }

  /** Name of the KCL application that consumes {@code stream}; also the name of its lease table. */
  public String application(StreamName stream) {
    return prefix + stream.application();
  }

  public String table(TableName table) {
    return prefix + table.tableName();
  }

  public String queue(QueueName queue) {
    return prefix + queue.queueName();
  }

  public String alertTopic() {
    return prefix + ALERT_TOPIC;
  }
}
