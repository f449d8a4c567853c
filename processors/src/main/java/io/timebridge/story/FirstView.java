package io.timebridge.story;

import java.time.LocalDate;
import java.util.List;
import java.util.Optional;

/** What FirstService says of an entry now. Holds no note and no name. */
public sealed interface FirstView {
  /** It was not asked; why not. */
  record NotAsked(String why) implements FirstView {}

  /**
   * It lives.
   *
   * @param version its {@code updated_at}, in seconds since 1970
   * @param job external id of its project; empty = it has none
   * @param ignored why it is not to be booked whatever it holds ({@code draft}, {@code
   *     running-timer}); empty = it is
   */
  record Live(
      long version,
      long seconds,
      LocalDate day,
      long userId,
      List<Long> labelIds,
      String job,
      Optional<String> ignored)
      implements FirstView {
    public Live {
      labelIds = List.copyOf(labelIds);
    }
  }

  /** There is none of that id, or it is deleted. */
  record Gone() implements FirstView {}

  /** It gives an entry that cannot be used; which field, and why. */
  record Unusable(String problem) implements FirstView {}

  /** It did not answer. */
  record Trouble(String message) implements FirstView {}
}
