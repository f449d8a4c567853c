package io.timebridge.replay;

import io.timebridge.replay.Verdict.Kind;

/** What is to become of an event, by what the tables held when it was read. */
public enum Verdict {
  /** The row knows this state or a newer one: the rules would skip it, so it is not published. */
  APPLIED("applied already", Kind.SKIP),
  /** A newer state was begun, and its record still waits: the rules skip this one for good. */
  SUPERSEDED("overtaken by a newer state under way", Kind.SKIP),
  /** No entry, job or client of ours: the rules would skip it. */
  IGNORED("nothing that is applied (a suggestion)", Kind.SKIP),
  /** A replay has published it, and what it repeats was read here too; or it is a forced check. */
  REPLAYED("of a replay: what it repeats is here by itself, or it is a check", Kind.SKIP),
  /** It was quarantined when it came, and would be again. */
  UNREADABLE("cannot be read, was quarantined", Kind.SKIP),
  /** The signature does not match any secret of today. */
  REFUSED("its signature is not that of a secret in use", Kind.SKIP),
  /** To be done. */
  TO_APPLY("to be applied", Kind.PUBLISH),
  /** The row alone does not decide: FirstService is asked. */
  TO_ASK("to be decided by what FirstService says", Kind.PUBLISH),
  /** As that, and it may have a timesheet that the row does not know: it is looked for first. */
  TO_LOOK_UP(
      "by its row without a timesheet: looked for first, then as FirstService says", Kind.PUBLISH),
  /** Its key waits: it joins, in order. */
  TO_WAIT("joins the events of its key that wait", Kind.PUBLISH),
  /** It cannot be applied as it is: it is parked, for a person. */
  TO_PARK("cannot be applied, to be parked", Kind.PUBLISH),
  /** To be compared: by its row it has a timesheet. */
  CHECK_LIVE("to be compared, booked by its row", Kind.PUBLISH),
  /** To be compared: by its row it is deleted. */
  CHECK_DELETED("to be compared, deleted by its row", Kind.PUBLISH),
  /** To be compared: by its row, or since there is none, nothing of it is booked. */
  CHECK_UNBOOKED("to be compared, not booked by its row", Kind.PUBLISH),
  /** To be compared once more, now that no other row names its timesheet. */
  CHECK_AGAIN("compared once more after all of them", Kind.PUBLISH);

  /** Whether it goes on the stream. */
  enum Kind {
    SKIP,
    PUBLISH
  }

  private final String text;
  private final Kind kind;

  Verdict(String text, Kind kind) {
    this.text = text;
    this.kind = kind;
  }

  /** In a few words, for people. */
  public String text() {
    return text;
  }

  /** Whether the event goes on the stream once more. */
  public boolean isPublished() {
    return kind == Kind.PUBLISH;
  }
}
