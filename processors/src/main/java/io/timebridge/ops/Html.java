package io.timebridge.ops;

import gg.jte.TemplateOutput;
import gg.jte.html.HtmlTemplateOutput;
import gg.jte.html.OwaspHtmlTemplateOutput;
import gg.jte.output.StringOutput;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerResponse;
import java.util.function.Consumer;

/** Sends what a template writes. Values are escaped for where they stand. */
final class Html {
  private Html() {}

  static void send(ServerResponse response, Consumer<HtmlTemplateOutput> template) {
    send(response, Status.OK_200, template);
  }

  static void send(ServerResponse response, Status status, Consumer<HtmlTemplateOutput> template) {
    TemplateOutput text = new StringOutput(16 * 1024);
    template.accept(new OwaspHtmlTemplateOutput(text));
    response
        .status(status)
        .header(HeaderValues.create(HeaderNames.CONTENT_TYPE, "text/html; charset=utf-8"))
        .send(text.toString());
  }

  /** Back to a page, after something was done. */
  static void goTo(ServerResponse response, String path) {
    response
        .status(Status.SEE_OTHER_303)
        .header(HeaderValues.create(HeaderNames.LOCATION, path))
        .send();
  }
}
