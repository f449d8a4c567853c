package io.timebridge.reconcile;

/** Where a difference comes from, as far as the row tells. */
public enum Cause {
  /** What FirstService says now was never applied: its webhook got lost. */
  LOST("never applied"),
  /** Its row does not say. */
  UNKNOWN("nobody can say"),
  /** Nothing was applied, and somebody seems to have booked it in SecondService. */
  BY_HAND("booked by hand, it seems"),
  /** It was applied: SecondService was changed by somebody else since, or the rules were. */
  CHANGED("changed since");

  private final String text;

  Cause(String text) {
    this.text = text;
  }

  public String text() {
    return text;
  }
}
