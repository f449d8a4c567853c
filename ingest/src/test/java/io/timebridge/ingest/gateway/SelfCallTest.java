package io.timebridge.ingest.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SelfCallTest {
  private final AtomicInteger status = new AtomicInteger(200);

  @Test
  void is_well_exactly_while_the_door_answers() throws Exception {
    HttpServer door =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    door.createContext(
        "/health",
        exchange -> {
          exchange.sendResponseHeaders(status.get(), -1);
          exchange.close();
        });
    door.start();
    URI everywhere = URI.create("http://0.0.0.0:" + door.getAddress().getPort());
    try (SelfCall self = new SelfCall(everywhere)) {
      assertThat(self.trouble()).isEmpty();
      status.set(503);
      assertThat(self.trouble()).contains("/health answers 503");
      door.stop(0);
      assertThat(self.trouble()).isPresent();
    }
  }
}
