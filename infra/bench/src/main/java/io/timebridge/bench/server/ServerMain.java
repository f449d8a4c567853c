package io.timebridge.bench.server;

import io.timebridge.bench.process.ParentLine;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * A child JVM that holds records until its parent wants no more. Arguments: {@code aws}, or {@code
 * kafka FOLDER}. Says {@code ready} with its addresses, then {@code filled} for every {@link Fill}.
 */
public final class ServerMain {
  private static final Duration STOPS_WITHIN = Duration.ofSeconds(8);

  private ServerMain() {}

  public static void main(String[] args) {
    ParentLine parent = ParentLine.open();
    try (Store store =
        args[0].equals("aws") ? AwsStore.start() : KafkaStore.start(Path.of(args[1]))) {
      parent.tell("ready", new Ready(store.addresses()));
      for (Optional<Fill> fill = parent.order(Fill.class);
          fill.isPresent();
          fill = parent.order(Fill.class)) {
        store.fill(fill.get());
        parent.tell("filled", Map.of());
      }
      ParentLine.endAfter(STOPS_WITHIN);
    } catch (Exception e) { // the edge of the process: whatever it is, the parent is told
      parent.fail(e);
    }
    Runtime.getRuntime().halt(0);
  }
}
