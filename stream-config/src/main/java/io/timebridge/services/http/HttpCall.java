package io.timebridge.services.http;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One request to a service. Immutable.
 *
 * @param what the call in words, for messages: {@code timesheet add}
 * @param headers without Content-Type, which comes with the body
 * @param body null = none
 * @param maxAnswerBytes a longer answer is trouble
 * @param secretAnswer whether the answer may hold a secret, so that no excerpt of it is shown
 * @param maySend asked again right before the body leaves; false there means nothing was sent
 */
public record HttpCall(
    String what,
    String method,
    URI uri,
    Map<String, String> headers,
    @Nullable Body body,
    int maxAnswerBytes,
    boolean secretAnswer,
    BooleanSupplier maySend) {

  /** Most that a list may take: 8 MiB. */
  public static final int LIST_BYTES = 8 * 1024 * 1024;

  /** Most that any other answer may take: 256 KiB. */
  public static final int ANSWER_BYTES = 256 * 1024;

  /** For a call that may be sent at any time. */
  public static final BooleanSupplier ANY_TIME = () -> true;

  /** What is sent. {@code text} goes out as UTF-8. */
  public record Body(String contentType, String text) {
    byte[] bytes() {
      return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Never the content. */
    @Override
    public String toString() {
      return "Body[" + contentType + ", " + text.length() + " characters]";
    }
  }

  public HttpCall {
    headers = Map.copyOf(headers);
  }

  /** A GET whose answer may be as long as {@code maxAnswerBytes}. */
  public static HttpCall get(String what, URI uri, int maxAnswerBytes) {
    return new HttpCall(what, "GET", uri, Map.of(), null, maxAnswerBytes, false, ANY_TIME);
  }

  /** A call with a body and a short answer. */
  public static HttpCall send(String what, String method, URI uri, Body body) {
    return new HttpCall(what, method, uri, Map.of(), body, ANSWER_BYTES, false, ANY_TIME);
  }

  public HttpCall withHeader(String name, String value) {
    Map<String, String> more = new LinkedHashMap<>(headers);
    more.put(name, value);
    return new HttpCall(what, method, uri, more, body, maxAnswerBytes, secretAnswer, maySend);
  }

  public HttpCall sendingOnlyWhile(BooleanSupplier condition) {
    return new HttpCall(what, method, uri, headers, body, maxAnswerBytes, secretAnswer, condition);
  }

  public HttpCall hidingAnswer() {
    return new HttpCall(what, method, uri, headers, body, maxAnswerBytes, true, maySend);
  }

  /** Neither headers nor query nor body: they hold secrets and private notes. */
  @Override
  public String toString() {
    return "HttpCall[" + what + ", " + method + " " + uri.getPath() + "]";
  }
}
