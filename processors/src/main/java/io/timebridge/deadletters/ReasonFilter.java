package io.timebridge.deadletters;

import io.timebridge.admission.Quarantine;
import io.timebridge.timesheet.Rejection;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Which reasons are meant. Case does not matter, nor whether words are joined by {@code -} or
 * {@code _}; {@code quarantine} means every quarantined record.
 */
public final class ReasonFilter {
  private static final String QUARANTINE = "quarantine";

  /** Of jobs and backups; see their appliers. */
  private static final List<String> OF_OTHERS =
      List.of("malformed", "refused", "no-version", "too-large");

  private final Optional<String> wanted;

  private ReasonFilter(Optional<String> wanted) {
    this.wanted = wanted;
  }

  /** Everything that waits. */
  public static ReasonFilter everything() {
    return new ReasonFilter(Optional.empty());
  }

  /**
   * @throws IllegalArgumentException for a reason nothing ever waits for; it names those there are
   */
  public static ReasonFilter of(String reason) {
    String plain = plain(reason);
    if (known().noneMatch(k -> plain(k).equals(plain))) {
      throw new IllegalArgumentException(
          "no such reason: " + reason + "; there are " + String.join(", ", known().toList()));
    }
    return new ReasonFilter(Optional.of(plain));
  }

  private static Stream<String> known() {
    return Stream.of(
            Arrays.stream(Rejection.Reason.values()).map(Enum::name),
            OF_OTHERS.stream().filter(r -> !r.equals("refused")), // one word with REFUSED
            Stream.of(QUARANTINE),
            Arrays.stream(Quarantine.Reason.values())
                .map(r -> QUARANTINE + "-" + r.name().toLowerCase(Locale.ROOT)))
        .flatMap(s -> s);
  }

  private static String plain(String reason) {
    return reason.toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Whether something that waits for {@code reason} is meant. */
  public boolean matches(String reason) {
    if (wanted.isEmpty()) {
      return true;
    }
    String plain = plain(reason);
    return plain.equals(wanted.get())
        || (wanted.get().equals(QUARANTINE) && plain.startsWith(QUARANTINE + "-"));
  }

  /** Whether quarantined records alone are meant. */
  public boolean isQuarantine() {
    return wanted.filter(w -> w.startsWith(QUARANTINE)).isPresent();
  }

  /** Whether some quarantined record may be meant. */
  boolean mayBeQuarantine() {
    return wanted.isEmpty() || isQuarantine();
  }
}
