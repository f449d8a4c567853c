package io.timebridge.ops;

import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.NotFoundException;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/** The page's style, scripts and the chart library, all from this process. Immutable. */
final class Assets {
  private static final String UPLOT = "/META-INF/resources/webjars/uplot/";
  private static final String UPLOT_VERSION = "1.6.30";

  private record Asset(String text, String type) {}

  private final Map<String, Asset> assets = new HashMap<>();

  Assets() {
    add("ops.css", "ops.css", "text/css; charset=utf-8");
    add("ops.js", "ops.js", "text/javascript; charset=utf-8");
    add("icon.svg", "icon.svg", "image/svg+xml");
    String dist = UPLOT + UPLOT_VERSION + "/dist/";
    add("uplot.css", dist + "uPlot.min.css", "text/css; charset=utf-8");
    add("uplot.js", dist + "uPlot.iife.min.js", "text/javascript; charset=utf-8");
  }

  private void add(String name, String resource, String type) {
    try (InputStream in = Assets.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException("not on the class path: " + resource);
      }
      assets.put(name, new Asset(new String(in.readAllBytes(), StandardCharsets.UTF_8), type));
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  void serve(ServerRequest request, ServerResponse response) {
    Asset asset = assets.get(request.path().pathParameters().get("name"));
    if (asset == null) {
      throw new NotFoundException("no such file");
    }
    response
        .header(HeaderValues.create(HeaderNames.CONTENT_TYPE, asset.type()))
        .header(HeaderValues.create(HeaderNames.CACHE_CONTROL, "max-age=300"))
        .send(asset.text());
  }
}
