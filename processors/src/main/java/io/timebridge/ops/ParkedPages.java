package io.timebridge.ops;

import io.helidon.http.Method;
import io.helidon.http.NotFoundException;
import io.helidon.http.Status;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.timebridge.deadletters.Discard;
import io.timebridge.deadletters.Redrive;
import io.timebridge.failure.StoreTrouble;
import io.timebridge.ops.Page.Notice;
import io.timebridge.ops.Page.Room;
import io.timebridge.ops.ParkedList.Filter;
import io.timebridge.ops.templates.JteparkedGenerated;
import io.timebridge.ops.templates.JteparkedkeyGenerated;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** What waits, and its redrive and discard. */
final class ParkedPages implements HttpService {
  private static final int MAX_KEY = 200;
  private static final int MAX_REASON = 500;
  private static final int FRESH_SECONDS = 10;

  private final Parked parked;
  private final BulkRedrive bulk;
  private final Visit visit;

  ParkedPages(Parked parked, BulkRedrive bulk, Visit visit) {
    this.parked = parked;
    this.bulk = bulk;
    this.visit = visit;
  }

  @Override
  public void routing(HttpRules rules) {
    rules
        .get("/", this::list)
        .post("/redrive", this::redriveMany)
        .post("/stop", this::stop)
        .get("/{+key}", this::one)
        .post("/{+key}", this::act);
  }

  private void list(ServerRequest request, ServerResponse response)
      throws StoreTrouble, InterruptedException {
    Filter filter = filter(visit.query(request, "reason"), request);
    ParkedList list = ParkedList.of(parked.list(), filter, visit.query(request, "page"));
    Page page = visit.page(request, "Parked keys", Room.PARKED).fresh(FRESH_SECONDS);
    Html.send(response, out -> JteparkedGenerated.render(out, null, page, list, bulk.progress()));
  }

  private Filter filter(String reason, ServerRequest request) {
    return new Filter(reason, visit.query(request, "state"), visit.query(request, "q"));
  }

  /** Those that were ticked, or all that the filter finds. */
  private void redriveMany(ServerRequest request, ServerResponse response)
      throws StoreTrouble, InterruptedException {
    Form form = visit.form(request);
    Filter filter = new Filter(form.text("reason"), form.text("state"), form.text("q"));
    List<String> keys =
        form.text("what").equals("all")
            ? parked.list().what().oldest().stream()
                .filter(filter::matches)
                .map(k -> k.key())
                .toList()
            : form.all("key");
    Notice notice =
        keys.isEmpty()
            ? new Notice(false, "No key was chosen.")
            : bulk.start(keys)
                ? new Notice(
                    true, Counted.of(keys.size(), "key is", "keys are") + " tried again now.")
                : new Notice(false, "Another redrive is under way; stop it, or wait for its end.");
    visit.say(request, notice);
    Html.goTo(response, "/parked" + Urls.query(filter.query()));
  }

  private void stop(ServerRequest request, ServerResponse response) {
    visit.form(request);
    bulk.stop();
    visit.say(request, new Notice(true, "Stopped. What was not tried again yet, waits."));
    Html.goTo(response, "/parked");
  }

  private void one(ServerRequest request, ServerResponse response)
      throws StoreTrouble, InterruptedException {
    String key = key(request);
    Parked.Details details = parked.details(key);
    Status status =
        details.key().isEmpty() && details.discarded().isEmpty()
            ? Status.NOT_FOUND_404
            : Status.OK_200;
    Page page = visit.page(request, "Key " + key, Room.PARKED).fresh(FRESH_SECONDS);
    Html.send(
        response,
        status,
        out -> JteparkedkeyGenerated.render(out, null, page, KeyView.of(key, details)));
  }

  private void redrive(ServerRequest request, ServerResponse response)
      throws StoreTrouble, InterruptedException {
    visit.form(request);
    String key = key(request);
    Optional<Redrive.Ended> ended = parked.redrive(key);
    parked.forget();
    visit.say(request, ended.map(e -> said(key, e)).orElseGet(() -> nothing(key)));
    Html.goTo(response, after(key));
  }

  static Notice said(String key, Redrive.Ended ended) {
    return switch (ended) {
      case Redrive.Ended.Woken() ->
          new Notice(true, "Key " + key + " was woken; its events are tried in their order.");
      case Redrive.Ended.Published(int events, int overtaken) ->
          new Notice(
              true,
              "%s of %s published again; %d overtaken and given up."
                  .formatted(Counted.of(events, "event", "events"), key, overtaken));
      case Redrive.Ended.Refused(String why) ->
          new Notice(false, key + " is not tried again: " + why);
    };
  }

  private void discard(ServerRequest request, ServerResponse response)
      throws StoreTrouble, InterruptedException {
    String why = visit.form(request).text("why", MAX_REASON);
    String key = key(request);
    Notice notice =
        switch (parked.discard(key, why)) {
          case Discard.Ended.Done(int events, int joined) ->
              new Notice(
                  true,
                  "%s of %s given up%s."
                      .formatted(
                          Counted.of(events, "event", "events"),
                          key,
                          joined > 0 ? "; " + joined + " came meanwhile, and wait" : ""));
          case Discard.Ended.Nothing() -> nothing(key);
          case Discard.Ended.Refused(String reason, int events) ->
              new Notice(false, reason + (events > 0 ? " (" + events + " are given up)" : ""));
        };
    parked.forget();
    visit.say(request, notice);
    Html.goTo(response, after(key));
  }

  /** The key may be gone: its page would say so only as an error. */
  private String after(String key) throws StoreTrouble, InterruptedException {
    Parked.Details left = parked.details(key);
    return left.key().isEmpty() && left.discarded().isEmpty()
        ? "/parked"
        : "/parked/" + Urls.encoded(key);
  }

  private static Notice nothing(String key) {
    return new Notice(false, "Nothing waits under key " + key + " any more.");
  }

  private void act(ServerRequest request, ServerResponse response)
      throws StoreTrouble, InterruptedException {
    String[] parts = segments(request);
    switch (parts.length == 4 ? parts[3] : "") {
      case "redrive" -> redrive(request, response);
      case "discard" -> discard(request, response);
      default -> throw new NotFoundException("There is no such page.");
    }
  }

  /** The third part of the path as it was sent: a key may have slashes, written {@code %2F}. */
  private static String key(ServerRequest request) {
    String[] parts = segments(request);
    int most = request.prologue().method().equals(Method.POST) ? 4 : 3;
    String key = parts.length == most ? URLDecoder.decode(parts[2], StandardCharsets.UTF_8) : "";
    if (key.isEmpty() || key.length() > MAX_KEY) {
      throw new NotFoundException("There is no such key.");
    }
    return key;
  }

  private static String[] segments(ServerRequest request) {
    return request.prologue().uriPath().rawPath().split("/", -1);
  }
}
