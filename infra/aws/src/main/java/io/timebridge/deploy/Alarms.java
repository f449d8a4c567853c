package io.timebridge.deploy;

import io.timebridge.stream.QueueName;
import io.timebridge.stream.StreamName;
import java.util.Locale;
import java.util.Map;
import software.amazon.awscdk.Duration;
import software.amazon.awscdk.services.cloudwatch.Alarm;
import software.amazon.awscdk.services.cloudwatch.ComparisonOperator;
import software.amazon.awscdk.services.cloudwatch.IMetric;
import software.amazon.awscdk.services.cloudwatch.Metric;
import software.amazon.awscdk.services.cloudwatch.TreatMissingData;
import software.amazon.awscdk.services.cloudwatch.actions.SnsAction;
import software.amazon.awscdk.services.logs.FilterPattern;
import software.amazon.awscdk.services.logs.IFilterPattern;
import software.amazon.awscdk.services.logs.MetricFilter;
import software.amazon.awscdk.services.logs.MetricFilterOptions;

/**
 * What a person has to know of, told to the alert topic, and when it is over. Each description ends
 * with its page in docs/OPERATIONS.md.
 */
final class Alarms {
  /** A tick of the poller that saw everything; see {@code PollerLoop}. */
  static final String LOOKED = "\"tick=\" \"epoch=\" \"published=\"";

  private static final int SECONDS_BEHIND = 600;
  private static final int MINUTES_WITHOUT_A_LOOK = 10;

  private final TimebridgeStack stack;
  private final DataStack data;
  private final Tasks tasks;

  Alarms(TimebridgeStack stack, DataStack data, Tasks tasks) {
    this.stack = stack;
    this.data = data;
    this.tasks = tasks;
  }

  void create() {
    for (StreamName stream : StreamName.values()) {
      behind(stream);
    }
    deadLetters(
        QueueName.RETRY_DEAD_LETTERS, "keys that could not be applied: ./timebridge dlq list");
    deadLetters(QueueName.TICK_DEAD_LETTERS, "ticks that nobody could take");
    poller();
  }

  private void behind(StreamName stream) {
    Metric age = Tasks.millisBehind(stack.deployment(), stream);
    // A stream that nobody reads has no age at all.
    alarm(
        "Behind-" + stream.streamName(),
        page(
            stream.streamName() + " is more than ten minutes behind, or nobody reads it",
            "behind-stream"),
        age,
        SECONDS_BEHIND * 1000L,
        5,
        TreatMissingData.BREACHING);
    alarm(
        "LosingRecords-" + stream.streamName(),
        page(
            stream.streamName() + " is behind by half of its retention: records will be lost",
            "losingrecords-stream"),
        age,
        stack.deployment().retention().toMillis() / 2,
        1,
        TreatMissingData.IGNORE);
  }

  private void deadLetters(QueueName queue, String what) {
    Metric waiting =
        Metric.Builder.create()
            .namespace("AWS/SQS")
            .metricName("ApproximateNumberOfMessagesVisible")
            .dimensionsMap(Map.of("QueueName", stack.deployment().names().queue(queue)))
            .statistic("Maximum")
            .period(Duration.minutes(1))
            .build();
    String id = "Dead-" + queue.name();
    alarm(
        id, page(what, id.toLowerCase(Locale.ROOT)), waiting, 0, 1, TreatMissingData.NOT_BREACHING);
  }

  private void poller() {
    IFilterPattern looked = FilterPattern.literal(LOOKED);
    MetricFilter filter =
        tasks
            .log("poller")
            .addMetricFilter(
                "PollerLooks",
                MetricFilterOptions.builder()
                    .metricNamespace(stack.getStackName())
                    .metricName("PollerLooks")
                    .metricValue("1")
                    .filterPattern(looked)
                    .build());
    Metric looks =
        Metric.Builder.create()
            .namespace(stack.getStackName())
            .metricName("PollerLooks")
            .statistic("Sum")
            .period(Duration.minutes(1))
            .build();
    Alarm alarm =
        Alarm.Builder.create(stack, "PollerAge")
            .alarmDescription(
                page("no complete look at SecondService's jobs for ten minutes", "pollerage"))
            .metric(looks)
            .threshold(1)
            .comparisonOperator(ComparisonOperator.LESS_THAN_THRESHOLD)
            .evaluationPeriods(MINUTES_WITHOUT_A_LOOK)
            .datapointsToAlarm(MINUTES_WITHOUT_A_LOOK)
            .treatMissingData(TreatMissingData.BREACHING)
            .build();
    alarm.getNode().addDependency(filter);
    tell(alarm);
  }

  private static String page(String what, String heading) {
    return what + "; docs/OPERATIONS.md#" + heading;
  }

  private void alarm(
      String id, String what, IMetric metric, Number above, int minutes, TreatMissingData missing) {
    tell(
        Alarm.Builder.create(stack, id)
            .alarmDescription(what)
            .metric(metric)
            .threshold(above)
            .comparisonOperator(ComparisonOperator.GREATER_THAN_THRESHOLD)
            .evaluationPeriods(minutes)
            .datapointsToAlarm(minutes)
            .treatMissingData(missing)
            .build());
  }

  private void tell(Alarm alarm) {
    SnsAction topic = new SnsAction(data.alertTopic());
    alarm.addAlarmAction(topic);
    alarm.addOkAction(topic);
  }
}
