package io.timebridge.local.aws;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import java.util.List;
import org.slf4j.LoggerFactory;

/**
 * Keeps the embedded libraries quiet: warnings and errors only, unless the logging configuration
 * names them itself.
 */
final class QuietLogs {
  private static final List<String> TALKATIVE =
      List.of("org.eclipse.jetty", "org.apache.pekko", "org.elasticmq");

  /** sqlite4java logs through java.util.logging; held here, or its level would be collected. */
  private static final java.util.logging.Logger SQLITE =
      java.util.logging.Logger.getLogger("com.almworks.sqlite4java");

  private QuietLogs() {}

  static void apply() {
    SQLITE.setLevel(java.util.logging.Level.OFF);
    if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
      for (String name : TALKATIVE) {
        Logger logger = context.getLogger(name);
        if (logger.getLevel() == null) {
          logger.setLevel(Level.WARN);
        }
      }
    }
  }
}
