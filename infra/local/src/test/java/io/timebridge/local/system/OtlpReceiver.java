package io.timebridge.local.system;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Takes traces as a collector does, by OTLP over HTTP; reads of the protobuf messages what the
 * tests ask for, by field number (opentelemetry-proto, {@code trace/v1/trace.proto}).
 */
final class OtlpReceiver implements AutoCloseable {
  private static final int RESOURCE_SPANS = 1;
  private static final int RESOURCE = 1;
  private static final int SCOPE_SPANS = 2;
  private static final int SPANS = 2;

  private final HttpServer server;
  private final List<Span> spans = new CopyOnWriteArrayList<>();

  /**
   * A finished span.
   *
   * @param process the resource, as it came
   * @param parent empty = none
   * @param kind 2 = server, 3 = client, 5 = consumer
   */
  record Span(String process, String trace, String id, String parent, String name, long kind) {}

  OtlpReceiver() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/v1/traces", this::take);
    server.start();
  }

  URI address() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  List<Span> spans() {
    return List.copyOf(spans);
  }

  private void take(HttpExchange exchange) throws IOException {
    try (exchange) {
      UnknownFieldSet request = UnknownFieldSet.parseFrom(exchange.getRequestBody());
      for (UnknownFieldSet of : messages(request, RESOURCE_SPANS)) {
        String process = of.getField(RESOURCE).getLengthDelimitedList().getFirst().toStringUtf8();
        for (UnknownFieldSet scope : messages(of, SCOPE_SPANS)) {
          for (UnknownFieldSet span : messages(scope, SPANS)) {
            spans.add(
                new Span(
                    process,
                    hex(span, 1),
                    hex(span, 2),
                    hex(span, 4),
                    bytes(span, 5).toStringUtf8(),
                    span.getField(6).getVarintList().getFirst()));
          }
        }
      }
      exchange.getResponseHeaders().set("Content-Type", "application/x-protobuf");
      exchange.sendResponseHeaders(200, -1);
    }
  }

  private static List<UnknownFieldSet> messages(UnknownFieldSet in, int field) throws IOException {
    List<UnknownFieldSet> messages = new ArrayList<>();
    for (ByteString message : in.getField(field).getLengthDelimitedList()) {
      messages.add(UnknownFieldSet.parseFrom(message));
    }
    return messages;
  }

  private static String hex(UnknownFieldSet span, int field) {
    return HexFormat.of().formatHex(bytes(span, field).toByteArray());
  }

  private static ByteString bytes(UnknownFieldSet span, int field) {
    List<ByteString> values = span.getField(field).getLengthDelimitedList();
    return values.isEmpty() ? ByteString.EMPTY : values.getFirst();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
