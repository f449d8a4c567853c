package io.timebridge.ops;

import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.timebridge.failure.StoreTrouble;
import io.timebridge.lag.ApplicationLag;
import io.timebridge.lag.LagReport;
import io.timebridge.ops.Page.Room;
import io.timebridge.ops.templates.JteoverviewGenerated;
import io.timebridge.ops.templates.JteshardsGenerated;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.databind.json.JsonMapper;

/** The overview, the shards, and what the charts draw. */
final class LagPages {
  private static final int FRESH_SECONDS = 5;
  private static final int SHARDS_PER_PAGE = 200;
  private static final int SHARDS_DRAWN = 8;
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final LagLooks looks;
  private final Parked parked;
  private final Alerted alerts;
  private final Compared compared;
  private final Visit visit;

  LagPages(LagLooks looks, Parked parked, Alerted alerts, Compared compared, Visit visit) {
    this.looks = looks;
    this.parked = parked;
    this.alerts = alerts;
    this.compared = compared;
    this.visit = visit;
  }

  /**
   * What can be seen is shown, and what cannot, is said: an outage is when it is looked at most.
   */
  void overview(ServerRequest request, ServerResponse response) throws InterruptedException {
    List<String> troubles = new ArrayList<>();
    if (!looks.trouble().isEmpty()) {
      troubles.add("The lag cannot be seen now: " + looks.trouble());
    }
    Optional<Overview.Waiting> waiting =
        seen("What is parked", troubles, () -> Overview.Waiting.of(parked.list().what()));
    Optional<List<AlertLine>> open =
        seen(
            "Alerts",
            troubles,
            () -> AlertLine.of(alerts.all().stream().filter(Alerted.Row::open).toList()));
    Optional<Optional<ComparedLine>> last =
        seen("The last comparison", troubles, () -> compared.last().map(Compared::line));
    Overview overview =
        new Overview(
            looks.latest(),
            looks.latest().isEmpty() && looks.trouble().isEmpty(),
            troubles,
            waiting,
            open.orElse(List.of()),
            last.isPresent(),
            last.flatMap(line -> line));
    Page page = visit.page(request, "Overview", Room.OVERVIEW).fresh(FRESH_SECONDS);
    Html.send(response, out -> JteoverviewGenerated.render(out, null, page, overview));
  }

  /** Empty when it cannot be seen, which the troubles then say. */
  private static <T> Optional<T> seen(
      String what, List<String> troubles, Remembered.Question<T> question)
      throws InterruptedException {
    try {
      return Optional.of(question.ask());
    } catch (StoreTrouble trouble) {
      troubles.add(what + " cannot be seen now: " + trouble.getMessage());
      return Optional.empty();
    }
  }

  void shards(ServerRequest request, ServerResponse response) {
    ShardList.Filter filter =
        new ShardList.Filter(visit.query(request, "app"), visit.query(request, "state"));
    List<ShardList.Line> all =
        looks.latest().map(LagReport::applications).orElse(List.of()).stream()
            .flatMap(LagPages::lines)
            .filter(filter::matches)
            .sorted(WORST_FIRST)
            .toList();
    Pager.Cut<ShardList.Line> cut =
        Pager.cut(
            all,
            visit.query(request, "page"),
            SHARDS_PER_PAGE,
            "/shards",
            new TreeMap<>(java.util.Map.of("app", filter.app(), "state", filter.state())));
    ShardList list =
        new ShardList(
            cut.rows(),
            cut.pager(),
            filter,
            looks.latest().map(LagReport::applications).orElse(List.of()).stream()
                .map(ApplicationLag::app)
                .toList(),
            looks.latest().map(LagReport::at),
            looks.trouble());
    Page page = visit.page(request, "Shards", Room.SHARDS).fresh(FRESH_SECONDS);
    Html.send(response, out -> JteshardsGenerated.render(out, null, page, list));
  }

  private static final Comparator<ShardList.Line> WORST_FIRST =
      Comparator.<ShardList.Line, Integer>comparing(l -> l.shard().state().severity())
          .thenComparing(l -> l.shard().state())
          .reversed()
          .thenComparing(ShardList.Line::app)
          .thenComparing(l -> l.shard().shard());

  private static java.util.stream.Stream<ShardList.Line> lines(ApplicationLag application) {
    return application.shards().stream().map(s -> new ShardList.Line(application.app(), s));
  }

  /** The last hour of an application. */
  void series(ServerRequest request, ServerResponse response) {
    byte[] json =
        JSON.writeValueAsBytes(looks.history().series(visit.query(request, "app"), SHARDS_DRAWN));
    response.header(HeaderValues.create(HeaderNames.CONTENT_TYPE, "application/json")).send(json);
  }
}
