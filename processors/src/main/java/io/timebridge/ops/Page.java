package io.timebridge.ops;

import io.timebridge.ops.Sessions.Session;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;

/**
 * What every page has around its content.
 *
 * @param room which of {@link Room} it is
 * @param formKey for its forms
 * @param canLogOut whether a token let the person in
 * @param said of what the person has just done; empty = nothing
 * @param freshSeconds between two updates of its live parts; 0 = it has none
 */
public record Page(
    String title,
    Room room,
    String formKey,
    boolean canLogOut,
    Optional<Notice> said,
    int freshSeconds,
    Instant at) {
  private static final DateTimeFormatter CLOCK =
      DateTimeFormatter.ofPattern("HH:mm:ss").withZone(ZoneOffset.UTC);

  /** The parts of the site. */
  public enum Room {
    OVERVIEW("Overview", "/"),
    SHARDS("Shards", "/shards"),
    PARKED("Parked", "/parked"),
    ENTRY("Entry", "/entry"),
    JOBS("Jobs", "/jobs"),
    ALERTS("Alerts", "/alerts"),
    /** None of the menu: errors. */
    ELSEWHERE("", ""),
    /** The login, and errors before it. */
    NONE("", "");

    private final String label;
    private final String path;

    Room(String label, String path) {
      this.label = label;
      this.path = path;
    }

    public String label() {
      return label;
    }

    public String path() {
      return path;
    }

    /** Those of the menu. */
    public static List<Room> menu() {
      return List.of(OVERVIEW, SHARDS, PARKED, ENTRY, JOBS, ALERTS);
    }
  }

  /** What became of an action. */
  public record Notice(boolean good, String text) {}

  static Page of(String title, Room room, Session session, boolean canLogOut, Instant at) {
    return new Page(title, room, session.formKey().reveal(), canLogOut, Optional.empty(), 0, at);
  }

  Page fresh(int seconds) {
    return new Page(title, room, formKey, canLogOut, said, seconds, at);
  }

  Page saying(Optional<Notice> notice) {
    return new Page(title, room, formKey, canLogOut, notice, freshSeconds, at);
  }

  public String clock() {
    return CLOCK.format(at) + " UTC";
  }
}
