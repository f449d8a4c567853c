package io.timebridge.ingest.gateway;

import io.helidon.http.Header;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.Headers;
import io.timebridge.stream.Envelope;
import io.timebridge.stream.Route;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** What can be judged and kept of a request before its body is read. */
final class RequestHead {
  private static final HeaderName TRACEPARENT = HeaderNames.create(Envelope.TRACE_HEADER);
  private static final List<HeaderName> KEPT =
      Envelope.KEPT_HEADERS.stream().map(HeaderNames::create).toList();

  private static final Pattern TRACE = Pattern.compile(Envelope.TRACE_PATTERN);

  private RequestHead() {}

  /** The webhook route of a raw path, exactly as it stands in {@link Route}. */
  static Optional<Route> route(String rawPath) {
    return rawPath.startsWith("/")
        ? Route.of(rawPath.substring(1)).filter(Route::isWebhook)
        : Optional.empty();
  }

  /** What is wrong with the media type or the encoding, if anything. */
  static Optional<Refusal> unsupported(Headers headers) {
    for (String value : values(headers, HeaderNames.CONTENT_TYPE)) {
      if (!isJson(value)) {
        return Optional.of(
            new Refusal(
                Refusal.Code.UNSUPPORTED_MEDIA_TYPE,
                "content-type",
                "must be application/json in utf-8"));
      }
    }
    for (String value : values(headers, HeaderNames.CONTENT_ENCODING)) {
      if (!value.trim().equalsIgnoreCase("identity")) {
        return Optional.of(
            new Refusal(
                Refusal.Code.UNSUPPORTED_ENCODING,
                "content-encoding",
                "must be identity or absent"));
      }
    }
    return Optional.empty();
  }

  private static boolean isJson(String contentType) {
    String[] parts = contentType.split(";", -1);
    if (!parts[0].trim().equalsIgnoreCase("application/json")) {
      return false;
    }
    for (int i = 1; i < parts.length; i++) {
      String parameter = parts[i].trim().toLowerCase(Locale.ROOT);
      if (parameter.startsWith("charset=")
          && !parameter.substring("charset=".length()).replace("\"", "").equals("utf-8")) {
        return false;
      }
    }
    return true;
  }

  /** The headers that an envelope keeps: lower-case name to first value. */
  static Map<String, String> kept(Headers headers) {
    Map<String, String> kept = new HashMap<>();
    for (HeaderName name : KEPT) {
      headers.first(name).ifPresent(value -> kept.put(name.lowerCase(), value));
    }
    return kept;
  }

  /** A well-formed {@code traceparent}. */
  static Optional<String> trace(Headers headers) {
    return headers.first(TRACEPARENT).filter(value -> TRACE.matcher(value).matches());
  }

  private static List<String> values(Headers headers, HeaderName name) {
    return headers.find(name).map(Header::allValues).orElse(List.of());
  }
}
