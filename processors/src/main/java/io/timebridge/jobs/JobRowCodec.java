package io.timebridge.jobs;

import static software.amazon.awssdk.services.dynamodb.model.AttributeValue.fromS;

import io.timebridge.failure.DynamoDbParkedEvents;
import io.timebridge.stream.JobEvent;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * A {@link JobRow} as attributes of a DynamoDB item: {@code rev}; {@code applied_epoch}, {@code
 * applied_sequence} (zero-padded text), {@code applied_hash} (SHA-256 of the state in the event),
 * {@code applied_state} (the event); {@code project_id} or {@code client_id}; {@code tried_epoch},
 * {@code tried_sequence}; {@code intent} (a map of {@code token} and {@code span_ms}). A row
 * written before there were intents has neither {@code rev} nor {@code tried_*}.
 */
final class JobRowCodec {
  private JobRowCodec() {}

  static JobRow row(String key, Map<String, AttributeValue> item) {
    Position seen = position(item, "applied").orElse(Position.NONE);
    return new JobRow(
        whole(item, "rev"),
        seen,
        Optional.ofNullable(item.get("applied_state"))
            .flatMap(state -> JobEvent.decode(state.s().getBytes(StandardCharsets.UTF_8))),
        whole(item, remoteIdName(key)),
        position(item, "tried").orElse(seen).orLater(seen),
        Optional.ofNullable(item.get("intent")).map(intent -> intent(intent.m())));
  }

  static Map<String, AttributeValue> intent(JobRow.Intent intent) {
    return Map.of(
        "intent",
        AttributeValue.fromM(
            Map.of("token", fromS(intent.token()), "span_ms", number(intent.span().toMillis()))));
  }

  static Map<String, AttributeValue> tried(Position tried) {
    return position("tried", tried);
  }

  /** What a result sets. What it takes away: the state, if nothing was applied. */
  static Map<String, AttributeValue> result(String key, JobStates.Result result) {
    Map<String, AttributeValue> attributes = new HashMap<>(position("applied", result.seen()));
    attributes.putAll(remoteId(key, result.remoteId()));
    result
        .applied()
        .ifPresent(event -> {
          attributes.put(
              "applied_state", fromS(new String(event.encode(), StandardCharsets.UTF_8)));
          attributes.put("applied_hash", fromS(hash(event)));
        });
    return attributes;
  }

  static Map<String, AttributeValue> remoteId(String key, long id) {
    return Map.of(remoteIdName(key), number(id));
  }

  static AttributeValue number(long number) {
    return AttributeValue.fromN(Long.toString(number));
  }

  private static JobRow.Intent intent(Map<String, AttributeValue> map) {
    AttributeValue token = map.get("token");
    return new JobRow.Intent(
        token == null ? "" : token.s(), Duration.ofMillis(whole(map, "span_ms")));
  }

  private static Map<String, AttributeValue> position(String prefix, Position position) {
    return position.equals(Position.NONE)
        ? Map.of()
        : Map.of(
            prefix + "_epoch",
            number(position.epoch()),
            prefix + "_sequence",
            fromS(DynamoDbParkedEvents.sequence(position.sequence())));
  }

  private static Optional<Position> position(Map<String, AttributeValue> item, String prefix) {
    AttributeValue epoch = item.get(prefix + "_epoch");
    AttributeValue sequence = item.get(prefix + "_sequence");
    return epoch == null || sequence == null
        ? Optional.empty()
        : Optional.of(new Position(Long.parseLong(epoch.n()), new BigInteger(sequence.s())));
  }

  private static long whole(Map<String, AttributeValue> item, String name) {
    AttributeValue value = item.get(name);
    return value == null ? 0 : Long.parseLong(value.n());
  }

  /** The same for two events that carry the same state. */
  private static String hash(JobEvent event) {
    try {
      byte[] state = JobRow.bare(event).encode();
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(state));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  private static String remoteIdName(String key) {
    return key.startsWith("client-") ? "client_id" : "project_id";
  }
}
