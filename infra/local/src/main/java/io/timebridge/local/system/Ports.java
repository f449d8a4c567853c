package io.timebridge.local.system;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Where the parts of a local system listen: one after the other from a base, or on any free ports.
 *
 * @param base port of the gateway; 0 = every part takes any free port
 */
public record Ports(int base) {
  private static final List<String> ORDER =
      List.of(
          "gateway",
          "first-service",
          "second-service",
          "kinesis",
          "dynamodb",
          "sqs",
          "sns",
          "ssm",
          "cloudwatch");

  /** Any free ports. */
  public static final Ports ANY = new Ports(0);

  public Ports {
    if (base != 0 && (base < 1024 || base > 65535 - ORDER.size())) {
      throw new IllegalArgumentException(
          "--port-base must be 0 (any free ports) or 1024 to %d: %d"
              .formatted(65535 - ORDER.size(), base));
    }
  }

  int of(String part) {
    int index = ORDER.indexOf(part);
    if (index < 0) {
      throw new IllegalArgumentException("no such part: " + part);
    }
    return base == 0 ? 0 : base + index;
  }

  /** The AWS services' ports, by service. */
  public Map<String, Integer> aws() {
    Map<String, Integer> ports = new LinkedHashMap<>();
    ORDER.subList(3, ORDER.size()).forEach(service -> ports.put(service, of(service)));
    return ports;
  }
}
