package io.timebridge.doctor;

import io.timebridge.doctor.Finding.Warning;
import io.timebridge.doctor.Finding.Well;
import io.timebridge.doctor.Finding.Wrong;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/**
 * This machine's clock beside those of AWS and of both services, as their answers' {@code Date}
 * tells them (RFC 9110, section 6.6.1). AWS refuses calls whose clock is 5 minutes off, the gateway
 * refuses deliveries signed longer ago than its tolerance, and tokens are taken for dead too late.
 * A {@code HEAD} without credentials for each service, and a look at one table.
 */
final class ClocksCheck {
  /** A Date has whole seconds, and an answer takes its time. */
  private static final Duration SAME = Duration.ofSeconds(5);

  private static final Duration USABLE = Duration.ofSeconds(60);
  private static final Duration CALL = Duration.ofSeconds(4);
  private static final String SYNCHRONISE =
      "synchronise this machine's clock (chronyc makestep, or timedatectl set-ntp true); if several others agree with it, tell whoever runs the one that does not";

  private final DynamoDbClient dynamoDb;
  private final String table;
  private final URI first;
  private final URI second;
  private final InstantSource clock;

  ClocksCheck(DynamoDbClient dynamoDb, String table, URI first, URI second, InstantSource clock) {
    this.dynamoDb = dynamoDb;
    this.table = table;
    this.first = first;
    this.second = second;
    this.clock = clock;
  }

  /** Asks for a {@code Date}. */
  private interface Asked {
    Optional<String> date() throws InterruptedException;
  }

  List<Finding> look() throws InterruptedException {
    List<String> same = new ArrayList<>();
    List<String> silent = new ArrayList<>();
    List<Finding> findings = new ArrayList<>();
    try (HttpClient http =
        HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(CALL).build()) {
      compare("FirstService", () -> date(http, first), same, silent, findings);
      compare("SecondService", () -> date(http, second), same, silent, findings);
    }
    compare("DynamoDB", this::dateOfAws, same, silent, findings);
    if (!same.isEmpty()) {
      findings.add(
          new Well(
              "the same as that of %s, within %d s%s"
                  .formatted(String.join(", ", same), SAME.toSeconds(), unheard(silent))));
    } else if (findings.isEmpty()) {
      findings.add(
          new Warning(
              "nobody tells the time" + unheard(silent), "see what the other checks say of them"));
    }
    return findings;
  }

  private static String unheard(List<String> silent) {
    return silent.isEmpty() ? "" : "; not told by " + String.join(", ", silent);
  }

  private void compare(
      String who, Asked asked, List<String> same, List<String> silent, List<Finding> findings)
      throws InterruptedException {
    Instant before = clock.instant();
    Optional<Instant> date = asked.date().flatMap(ClocksCheck::read);
    Instant after = clock.instant();
    if (date.isEmpty()) {
      silent.add(who);
      return;
    }
    Duration ahead = ahead(before, date.get(), after);
    if (ahead.abs().compareTo(SAME) <= 0) {
      same.add(who);
    } else if (ahead.abs().compareTo(USABLE) <= 0) {
      findings.add(new Warning(words(who, ahead), SYNCHRONISE));
    } else {
      findings.add(new Wrong(words(who, ahead), SYNCHRONISE));
    }
  }

  /** By how much the other clock is ahead at least: it was read between the two times of ours. */
  static Duration ahead(Instant before, Instant theirs, Instant after) {
    if (theirs.isAfter(after)) {
      return Duration.between(after, theirs);
    }
    Instant atMost = theirs.plusSeconds(1); // the fraction is cut off
    return atMost.isBefore(before) ? Duration.between(before, atMost) : Duration.ZERO;
  }

  private static String words(String who, Duration ahead) {
    return "the clock of %s is %d s %s this machine's"
        .formatted(who, ahead.abs().toSeconds(), ahead.isNegative() ? "behind" : "ahead of");
  }

  private static Optional<Instant> read(String date) {
    try {
      return Optional.of(DateTimeFormatter.RFC_1123_DATE_TIME.parse(date, Instant::from));
    } catch (DateTimeException notADate) {
      return Optional.empty(); // as good as none: told as "not told by"
    }
  }

  private static Optional<String> date(HttpClient http, URI at) throws InterruptedException {
    HttpRequest head =
        HttpRequest.newBuilder(at)
            .timeout(CALL)
            .header("User-Agent", "timebridge")
            .method("HEAD", HttpRequest.BodyPublishers.noBody())
            .build();
    try {
      return http.send(head, BodyHandlers.discarding()).headers().firstValue("Date");
    } catch (IOException outOfReach) {
      return Optional.empty(); // the service's own check says what is the matter
    }
  }

  private Optional<String> dateOfAws() {
    try {
      return date(dynamoDb.describeTable(r -> r.tableName(table)).sdkHttpResponse());
    } catch (AwsServiceException refused) { // missing or forbidden: the time is told all the same
      return refused.awsErrorDetails() == null
          ? Optional.empty()
          : date(refused.awsErrorDetails().sdkHttpResponse());
    }
  }

  private static Optional<String> date(SdkHttpResponse answer) {
    return answer.firstMatchingHeader("Date");
  }
}
