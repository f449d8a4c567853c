package io.timebridge.services.http;

import java.math.BigDecimal;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/** Reads values that arrive now as a number and now as a string. Never throws, never guesses. */
public final class LooseJson {
  private static final Pattern WHOLE = Pattern.compile("-?[0-9]{1,19}(\\.0{1,20})?");
  private static final Pattern DECIMAL = Pattern.compile("-?[0-9]{1,19}(\\.[0-9]{1,20})?");

  private LooseJson() {}

  /** A whole number that fits a long, as a number or as the string of one; {@code 12.0} is 12. */
  public static OptionalLong whole(JsonNode node) {
    if (node.isIntegralNumber()) {
      return node.canConvertToLong() ? OptionalLong.of(node.longValue()) : OptionalLong.empty();
    }
    String text = numberText(node);
    if (!WHOLE.matcher(text).matches()) {
      return OptionalLong.empty();
    }
    int point = text.indexOf('.');
    try {
      return OptionalLong.of(Long.parseLong(point < 0 ? text : text.substring(0, point)));
    } catch (NumberFormatException tooLarge) {
      return OptionalLong.empty();
    }
  }

  /** A decimal number of at most 19 digits before and 20 behind the point. */
  public static Optional<BigDecimal> decimal(JsonNode node) {
    String text = numberText(node);
    return DECIMAL.matcher(text).matches() ? Optional.of(new BigDecimal(text)) : Optional.empty();
  }

  /** A text; a number or a truth value as its text; empty for null, nothing, object and array. */
  public static String text(JsonNode node) {
    if (node.isString()) {
      return node.stringValue();
    }
    return node.isValueNode() && !node.isNull() ? numberTextOr(node, node.asString()) : "";
  }

  /** A truth value in any of the forms in use; {@code otherwise} for anything else. */
  public static boolean flag(JsonNode node, boolean otherwise) {
    return switch (text(node)) {
      case "true", "1" -> true;
      case "false", "0" -> false;
      default -> otherwise;
    };
  }

  private static String numberText(JsonNode node) {
    if (node.isString()) {
      return node.stringValue().trim();
    }
    return node.isNumber() ? numberTextOr(node, "") : "";
  }

  /** A number's plain form; a number with a huge exponent is written out by nobody. */
  private static String numberTextOr(JsonNode node, String otherwise) {
    if (!node.isNumber() || node.isIntegralNumber()) {
      return node.isNumber() ? node.bigIntegerValue().toString() : otherwise;
    }
    BigDecimal value = node.decimalValue();
    return Math.abs((long) value.scale()) > 64 ? "" : value.toPlainString();
  }
}
