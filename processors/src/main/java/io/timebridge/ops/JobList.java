package io.timebridge.ops;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A page of the jobs and clients, as the template shows it. */
public record JobList(
    List<Line> rows,
    Pager pager,
    Filter filter,
    long jobs,
    long open,
    long clients,
    Instant at,
    Optional<PollerLine> poller) {
  private static final int PER_PAGE = 100;

  /** See {@link Jobs.Row}. */
  public record Line(
      String key,
      String code,
      String name,
      String client,
      boolean isJob,
      boolean open,
      String firstId,
      boolean waits) {}

  /** Who polls, in words. */
  public record PollerLine(boolean well, String text, String lastTick) {}

  /** What the person wants to see; empty texts mean everything. */
  public record Filter(String show, String text) {
    boolean matches(Jobs.Row row) {
      boolean kind =
          switch (show) {
            case "open" -> row.isJob() && row.open();
            case "closed" -> row.isJob() && !row.open();
            case "clients" -> !row.isJob();
            case "waiting" -> row.waits();
            default -> true;
          };
      return kind
          && (text.isEmpty()
              || contains(row.code())
              || contains(row.name())
              || contains(row.client())
              || contains(row.key()));
    }

    private boolean contains(String where) {
      return where.toLowerCase(Locale.ROOT).contains(text.toLowerCase(Locale.ROOT));
    }

    public Map<String, String> query() {
      return new TreeMap<>(Map.of("show", show, "q", text));
    }
  }

  static JobList of(
      Looked<List<Jobs.Row>> looked,
      Filter filter,
      String page,
      Optional<Jobs.Poller> poller,
      Instant now) {
    List<Jobs.Row> all = looked.what();
    Pager.Cut<Jobs.Row> cut =
        Pager.cut(
            all.stream().filter(filter::matches).toList(), page, PER_PAGE, "/jobs", filter.query());
    return new JobList(
        cut.rows().stream().map(JobList::line).toList(),
        cut.pager(),
        filter,
        all.stream().filter(Jobs.Row::isJob).count(),
        all.stream().filter(r -> r.isJob() && r.open()).count(),
        all.stream().filter(r -> !r.isJob()).count(),
        looked.at(),
        poller.map(p -> line(p, now)));
  }

  private static Line line(Jobs.Row row) {
    return new Line(
        row.key(),
        row.code(),
        row.name(),
        row.client(),
        row.isJob(),
        row.open(),
        row.firstId() == 0 ? "" : Long.toString(row.firstId()),
        row.waits());
  }

  private static PollerLine line(Jobs.Poller poller, Instant now) {
    boolean well = !poller.owner().isEmpty() && poller.until().isAfter(now);
    String text =
        well
            ? "%s polls, epoch %d.".formatted(poller.owner(), poller.epoch())
            : "No poller is at work: the last lease (epoch %d) ended %s."
                .formatted(poller.epoch(), Times.at(poller.until()));
    String tick =
        poller.lastTick().isEmpty()
            ? ""
            : "%s ago: %s".formatted(Times.since(poller.lastTickAt(), now), poller.lastTick());
    return new PollerLine(well, text, tick);
  }
}
