package io.timebridge.logs;

import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.encoder.JsonEscapeUtil;
import java.util.List;
import org.slf4j.event.KeyValuePair;

/**
 * An event as one JSON object on one line: timestamp (milliseconds since 1970), level, threadName,
 * loggerName, the event's fields beside them, formattedMessage, throwable.
 */
final class JsonLines extends JsonEncoder {
  JsonLines() {
    setWithSequenceNumber(false);
    setWithNanoseconds(false);
    setWithContext(false);
    setWithMarkers(false);
    setWithMessage(false);
    setWithArguments(false);
    setWithFormattedMessage(true);
  }

  @Override
  protected void appendMDC(StringBuilder line, ILoggingEvent event) {
    event.getMDCPropertyMap().forEach((name, value) -> field(line, name, value));
  }

  @Override
  protected void appendKeyValuePairs(StringBuilder line, ILoggingEvent event) {
    List<KeyValuePair> pairs = event.getKeyValuePairs();
    if (pairs != null) {
      pairs.forEach(pair -> field(line, pair.key, String.valueOf(pair.value)));
    }
  }

  private static void field(StringBuilder line, String name, String value) {
    line.append(",\"")
        .append(JsonEscapeUtil.jsonEscapeString(name))
        .append("\":\"")
        .append(JsonEscapeUtil.jsonEscapeString(value))
        .append('"');
  }
}
