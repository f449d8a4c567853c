package io.timebridge.ingest.poller;

import java.util.Map;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Reads and makes attributes of our own items; one that is missing is a defect, and named. */
final class Attributes {
  private Attributes() {}

  static String text(Map<String, AttributeValue> item, String name) {
    return attribute(item, name).s();
  }

  static long number(Map<String, AttributeValue> item, String name) {
    return Long.parseLong(attribute(item, name).n());
  }

  static boolean flag(Map<String, AttributeValue> item, String name) {
    return attribute(item, name).bool();
  }

  static AttributeValue of(long number) {
    return AttributeValue.fromN(Long.toString(number));
  }

  static AttributeValue of(String text) {
    return AttributeValue.fromS(text);
  }

  private static AttributeValue attribute(Map<String, AttributeValue> item, String name) {
    AttributeValue value = item.get(name);
    if (value == null) {
      throw new IllegalStateException("an item has no attribute " + name + ": " + item.keySet());
    }
    return value;
  }
}
