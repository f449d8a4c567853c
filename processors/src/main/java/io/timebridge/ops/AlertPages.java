package io.timebridge.ops;

import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.timebridge.failure.StoreTrouble;
import io.timebridge.ops.Page.Room;
import io.timebridge.ops.templates.JtealertsGenerated;
import java.util.List;

/** What people were told. */
final class AlertPages {
  private static final int FRESH_SECONDS = 10;

  private final Alerted alerts;
  private final Visit visit;

  AlertPages(Alerted alerts, Visit visit) {
    this.alerts = alerts;
    this.visit = visit;
  }

  void list(ServerRequest request, ServerResponse response)
      throws StoreTrouble, InterruptedException {
    List<AlertLine> lines = AlertLine.of(alerts.all());
    Page page = visit.page(request, "Alerts", Room.ALERTS).fresh(FRESH_SECONDS);
    Html.send(response, out -> JtealertsGenerated.render(out, null, page, lines));
  }
}
