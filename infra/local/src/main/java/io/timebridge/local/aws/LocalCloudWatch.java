package io.timebridge.local.aws;

import io.timebridge.local.aws.LoopbackServer.Answer;
import io.timebridge.local.net.Listen;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * Takes every metric and keeps none: answers 200 to any request in the protocol it came in, so that
 * KCL and the SDK can be pointed at it. Thread-safe.
 */
public final class LocalCloudWatch implements LocalPart {
  /** An empty map in CBOR. */
  private static final byte[] EMPTY_CBOR = {(byte) 0xA0};

  private final LoopbackServer server;

  private LocalCloudWatch(LoopbackServer server) {
    this.server = server;
  }

  /**
   * Starts it and returns when it answers.
   *
   * @param port 0 for any free port
   * @throws IllegalStateException when the port cannot be bound
   */
  public static LocalCloudWatch start(int port) {
    return start(Listen.LOOPBACK, port);
  }

  /** As {@link #start(int)}, on these addresses. */
  static LocalCloudWatch start(Listen listen, int port) {
    return new LocalCloudWatch(
        LoopbackServer.start(
            "local-cloudwatch", listen, port, ask -> empty(ask.header("Content-Type").orElse(""))));
  }

  private static Answer empty(String asked) {
    if (asked.contains("cbor")) {
      return new Answer(
          200, "application/cbor", EMPTY_CBOR, Map.of("smithy-protocol", "rpc-v2-cbor"));
    }
    if (asked.contains("json")) {
      return new Answer(200, asked, "{}".getBytes(StandardCharsets.UTF_8), Map.of());
    }
    return Answer.of(200, "text/xml", "<Response/>");
  }

  @Override
  public URI endpoint() {
    return server.endpoint();
  }

  @Override
  public void close() {
    server.close();
  }
}
