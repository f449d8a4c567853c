package io.timebridge.timesheet.dynamodb;

import io.timebridge.timesheet.EntryRow;
import io.timebridge.timesheet.Intent;
import io.timebridge.timesheet.Place;
import io.timebridge.timesheet.Rejection;
import java.math.BigInteger;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * An {@link EntryRow} as a DynamoDB item. Sequence numbers have more digits than a DynamoDB number
 * holds, so they are text, padded with zeros to compare as numbers do.
 */
final class RowCodec {
  private static final int SEQUENCE_DIGITS = 60;

  private RowCodec() {}

  static EntryRow row(@Nullable Map<String, AttributeValue> item) {
    if (item == null || item.isEmpty()) {
      return EntryRow.absent();
    }
    return new EntryRow(
        number(item, "rev"),
        number(item, "v"),
        text(item, "hash").orElse(""),
        number(item, "tried"),
        text(item, "state").map(EntryRow.State::valueOf).orElse(EntryRow.State.NONE),
        number(item, "tid"),
        text(item, "place").map(Place::parse),
        text(item, "seq").map(BigInteger::new).orElse(BigInteger.ZERO),
        Optional.ofNullable(item.get("intent")).map(i -> intent(i.m())),
        text(item, "lane").map(EntryRow.Lane::valueOf).orElse(EntryRow.Lane.STREAM),
        Math.toIntExact(number(item, "parked")),
        number(item, "episode"),
        text(item, "wake").map(RowCodec::wake).orElse(EntryRow.Wake.NONE),
        HistoryCodec.history(item));
  }

  /** Of a row; a reason that is not known here is one of a newer version. */
  static Optional<Rejection.Reason> waitsBecause(Map<String, AttributeValue> item) {
    boolean waits =
        text(item, "lane").filter(lane -> !lane.equals(EntryRow.Lane.STREAM.name())).isPresent();
    return text(item, "reason")
        .filter(reason -> waits)
        .flatMap(reason ->
            Arrays.stream(Rejection.Reason.values())
                .filter(known -> known.name().equals(reason))
                .findFirst());
  }

  static AttributeValue wake(EntryRow.Wake wake) {
    return s(wake.name().toLowerCase(Locale.ROOT));
  }

  private static EntryRow.Wake wake(String text) {
    return EntryRow.Wake.valueOf(text.toUpperCase(Locale.ROOT));
  }

  static AttributeValue intent(Intent intent) {
    Map<String, AttributeValue> map = new HashMap<>();
    map.put("token", s(intent.token()));
    map.put("op", s(intent.op().name()));
    map.put("v", n(intent.version()));
    map.put("span_ms", n(intent.span().toMillis()));
    if (!intent.places().isEmpty()) {
      map.put(
          "places",
          AttributeValue.fromSs(intent.places().stream().map(Place::text).sorted().toList()));
    }
    return AttributeValue.fromM(map);
  }

  static String sequence(BigInteger sequence) {
    String digits = sequence.toString();
    return "0".repeat(Math.max(0, SEQUENCE_DIGITS - digits.length())) + digits;
  }

  /** An attribute that every item of its table has. */
  static AttributeValue attribute(Map<String, AttributeValue> item, String name) {
    return Objects.requireNonNull(item.get(name), name);
  }

  static AttributeValue s(String text) {
    return AttributeValue.fromS(text);
  }

  static AttributeValue n(long number) {
    return AttributeValue.fromN(Long.toString(number));
  }

  private static Intent intent(Map<String, AttributeValue> map) {
    AttributeValue places = map.get("places");
    Set<Place> set =
        (places == null ? List.<String>of() : places.ss())
            .stream().map(Place::parse).collect(Collectors.toSet());
    return new Intent(
        text(map, "token").orElse(""),
        Intent.Op.valueOf(text(map, "op").orElse(Intent.Op.ADD.name())),
        number(map, "v"),
        set,
        Duration.ofMillis(number(map, "span_ms")));
  }

  private static long number(Map<String, AttributeValue> item, String name) {
    AttributeValue value = item.get(name);
    return value == null ? 0 : Long.parseLong(value.n());
  }

  private static Optional<String> text(Map<String, AttributeValue> item, String name) {
    return Optional.ofNullable(item.get(name)).map(AttributeValue::s);
  }
}
