package io.timebridge.ops;

import io.timebridge.story.Story;
import java.util.Locale;

/** How an entry stands, as the template shows it. */
public final class Standings {
  private Standings() {}

  public static String words(Story.Standing standing) {
    return standing.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  /** Which of the page's colours; never the only sign. */
  public static String tone(Story.Standing standing) {
    return switch (standing) {
      case BOOKED, NOTHING_TO_BOOK, DELETED -> "good";
      case WAITS, UNDER_WAY -> "wait";
      case DEAD -> "bad";
      case GIVEN_UP, UNKNOWN -> "plain";
    };
  }
}
