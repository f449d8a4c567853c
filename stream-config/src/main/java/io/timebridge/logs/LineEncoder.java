package io.timebridge.logs;

import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.encoder.EncoderBase;

/**
 * Writes an event as a line for people, or as a JSON object on one line. In both, what a message or
 * an exception says cannot begin a line that looks like another event. Thread-safe once started.
 */
public final class LineEncoder extends EncoderBase<ILoggingEvent> {
  /**
   * Line breaks within a message become blanks, and so do those of an exception but for the ones
   * before its frames and causes.
   */
  private static final String PATTERN =
      "%d{HH:mm:ss.SSS} %-5level %logger{0} %replace(%msg){'[\\r\\n]+', ' '}%n"
          + "%replace(%ex{12}){'[\\r\\n]+(?!\\t|Caused by: |$)', ' '}";

  private final PatternLayoutEncoder text = new PatternLayoutEncoder();
  private final JsonLines json = new JsonLines();
  private volatile boolean asJson;

  /** {@code json}; anything else is text. For logback's own configuration. */
  public void setFormat(String format) {
    asJson = format.equals("json");
  }

  void setJson(boolean wanted) {
    asJson = wanted;
  }

  @Override
  public void start() {
    text.setContext(getContext());
    text.setPattern(PATTERN);
    text.start();
    json.setContext(getContext());
    json.start();
    super.start();
  }

  @Override
  public byte[] headerBytes() {
    return text.headerBytes();
  }

  @Override
  public byte[] encode(ILoggingEvent event) {
    return asJson ? json.encode(event) : text.encode(event);
  }

  @Override
  public byte[] footerBytes() {
    return text.footerBytes();
  }
}
