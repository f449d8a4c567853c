package io.timebridge.deploy;

import io.timebridge.stream.Envelope;
import io.timebridge.stream.Names;
import io.timebridge.stream.Route;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What API Gateway does with a webhook: the template that makes a {@code PutRecord} of it, and the
 * answers for what Kinesis says. All of it is text, so that tests can run it without AWS.
 */
final class WebhookTemplates {
  /** The only media type that has a template; a request of another one is answered 415. */
  static final String MEDIA_TYPE = "application/json";

  /** Seconds until a sender should come again. */
  static final String RETRY_AFTER = "Retry-After";

  /** Bodies of {@link Envelope#MAX_BODY_BYTES} in base64, without padding. */
  private static final int LARGEST_BODY = (Envelope.MAX_BODY_BYTES * 8 + 5) / 6;

  private WebhookTemplates() {}

  /**
   * An answer to the sender.
   *
   * @param kinesisStatus pattern of the status that Kinesis answered; empty = every other, no
   *     answer at all included
   * @param status unless the template itself says otherwise
   * @param template of the answer's body
   */
  record Answer(String kinesisStatus, int status, String template) {}

  /** The request to Kinesis, for a webhook's route. */
  static String request(Names names, Route route) {
    return ResourceFile.read(
        "webhook.vtl",
        Map.of(
            "stream",
            names.stream(route.stream()),
            "route",
            route.path(),
            "version",
            String.valueOf(Envelope.VERSION),
            "source",
            Envelope.Source.FIRST_SERVICE.text(),
            "kept-headers",
            Envelope.KEPT_HEADERS.stream()
                .map(header -> "'" + header + "'")
                .collect(Collectors.joining(", ")),
            "trace-header",
            Envelope.TRACE_HEADER,
            "trace",
            Envelope.TRACE_PATTERN,
            "largest-id",
            String.valueOf(Long.MAX_VALUE),
            "largest-body",
            String.valueOf(LARGEST_BODY)));
  }

  /**
   * The answers, the one for everything else last. Only a 200 of Kinesis makes a 202: what nobody
   * thought of must not look like success.
   */
  static List<Answer> answers() {
    return List.of(
        new Answer("200", 202, ResourceFile.read("accepted.vtl")),
        new Answer("4\\d{2}", 503, ResourceFile.read("refused.vtl")),
        new Answer("", 503, ResourceFile.read("unavailable.vtl")));
  }

  /** JSON schema (draft 4) of the bodies that are let in. */
  static String schema() {
    return ResourceFile.read("webhook.schema.json");
  }
}
