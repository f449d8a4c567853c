package io.timebridge.reconcile;

import java.util.Locale;

/** In what the sides differ. An entry may differ in several. */
public enum Kind {
  MISSING("FirstService has the entry, SecondService no timesheet, and none was ever booked"),
  UNMARKED_TWIN("none was booked, and a timesheet without a mark is there for the same work"),
  DELETED_IN_SECOND("its timesheet was booked and is gone from SecondService"),
  DELETED_IN_FIRST("the timesheet's entry is deleted in FirstService"),
  DOUBLE("the entry has more than one timesheet"),
  DAY("the timesheet is on another day"),
  PERSON("the timesheet is another person's"),
  JOB("the timesheet is on another job"),
  TASK("the timesheet has another task"),
  HOURS("the hours differ"),
  NOTE("the description differs"),
  ROW("the services agree, the row in Timesheet_Entries names another timesheet or none"),
  UNREADABLE("the row in Timesheet_Entries cannot be read; the entry is not compared"),
  NOT_BOOKABLE("it cannot be said what is to be booked, and the entry is not parked for it");

  private final String meaning;

  Kind(String meaning) {
    this.meaning = meaning;
  }

  /** For people. */
  public String meaning() {
    return meaning;
  }

  /** {@code deleted-in-second}. */
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
