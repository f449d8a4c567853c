package io.timebridge.stream;

import java.util.Arrays;
import java.util.Optional;

/** Where an event came in. The webhook routes are paths of the public gateway as well. */
public enum Route {
  NEW_TIMESHEET_ENTRY("new-timesheet-entry", StreamName.TIMESHEET_EVENTS, Kind.SAVED, true),
  TIMESHEET_UPDATE("timesheet-update", StreamName.TIMESHEET_EVENTS, Kind.SAVED, true),
  TIMESHEET_DELETION("timesheet-deletion", StreamName.TIMESHEET_EVENTS, Kind.DELETED, true),
  TIMESHEET_BACKUP("timesheet-backup", StreamName.TIMESHEET_BACKUP, Kind.SAVED, true),
  TIMESHEET_BACKUPS_UPDATE(
      "timesheet-backups-update", StreamName.TIMESHEET_BACKUP, Kind.SAVED, true),
  TIMESHEET_BACKUPS_DELETION(
      "timesheet-backups-deletion", StreamName.TIMESHEET_BACKUP, Kind.DELETED, true),
  /**
   * Asks for an entry to be compared with FirstService and put right; published by Timebridge
   * itself.
   */
  VERIFY("verify", StreamName.TIMESHEET_EVENTS, Kind.VERIFY, false),
  /** A change of a job or a client of SecondService; published by the poller. */
  JOB_CHANGE("job-change", StreamName.JOB_EVENTS, Kind.SAVED, false);

  /** What an event says about its subject. */
  public enum Kind {
    /**
     * It exists, as described (created or updated: the sender's order of the two is not to be
     * relied on).
     */
    SAVED,
    DELETED,
    VERIFY
  }

  private final String path;
  private final StreamName stream;
  private final Kind kind;
  private final boolean webhook;

  Route(String path, StreamName stream, Kind kind, boolean webhook) {
    this.path = path;
    this.stream = stream;
    this.kind = kind;
    this.webhook = webhook;
  }

  /** The route's name in envelopes and, for a webhook, its path without the leading slash. */
  public String path() {
    return path;
  }

  public StreamName stream() {
    return stream;
  }

  public Kind kind() {
    return kind;
  }

  /** Whether FirstService posts to this route; only those carry a signature. */
  public boolean isWebhook() {
    return webhook;
  }

  /** The route of that name, if there is one. */
  public static Optional<Route> of(String path) {
    return Arrays.stream(values()).filter(r -> r.path.equals(path)).findFirst();
  }
}
