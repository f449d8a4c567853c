package io.timebridge.services.second;

import io.timebridge.services.http.Excerpt;
import io.timebridge.services.second.SecondService.Answer;
import io.timebridge.services.second.SecondService.Reason;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/** Tells what a business error is about, from its words. */
final class BusinessError {
  private static final int LONGEST_MESSAGE = 200;

  /**
   * First match wins. "Unknown timesheet" is narrow on purpose: it makes an update into an add, so
   * a message that merely mentions a timesheet must not pass for it.
   */
  private static final Map<Reason, Pattern> PATTERNS = patterns();

  private BusinessError() {}

  static Answer.Refused read(String error) {
    return new Answer.Refused(reason(error), Excerpt.message(error, LONGEST_MESSAGE));
  }

  static Reason reason(String error) {
    String words = error.toLowerCase(Locale.ROOT).replaceAll("[\\s_\"'`]+", " ");
    return PATTERNS.entrySet().stream()
        .filter(p -> p.getValue().matcher(words).find())
        .map(Map.Entry::getKey)
        .findFirst()
        .orElse(Reason.OTHER);
  }

  private static Map<Reason, Pattern> patterns() {
    Map<Reason, Pattern> patterns = new LinkedHashMap<>();
    patterns.put(
        Reason.UNKNOWN_TIMESHEET,
        Pattern.compile(
            "\\b(unknown|no such|nonexistent) (id ?)?timesheet\\b(?! (?!id\\b|with id\\b|number\\b)[a-z])"
                + "|\\btimesheet( entry| record)?( id)?( #?[0-9]{1,19})? (is |was |could )?"
                + "(not found|not be found|unknown|does not exist|doesn t exist)\\b"));
    patterns.put(
        Reason.LOCKED_PERIOD,
        Pattern.compile(
            "^locked\\b|\\blocked (period|day|date|week|month|timesheet)\\b|\\bclosed period\\b"
                + "|\\b(period|day|date|week|month|timesheet)( [\\w-]{1,40}){0,4} locked\\b"
                + "|\\bperiod (is )?closed\\b"));
    patterns.put(
        Reason.CLOSED_JOB,
        Pattern.compile(
            "\\b(closed|archived|inactive|finished) job\\b"
                + "|\\bjob( #?[\\w-]{1,40})? (is |was |has been |is already )?"
                + "(closed|archived|inactive|finished|not open)\\b"));
    patterns.put(Reason.UNKNOWN_TASK, unknown("task"));
    patterns.put(Reason.UNKNOWN_PERSON, unknown("(?:personnel|person|employee)"));
    patterns.put(Reason.UNKNOWN_JOB, unknown("job"));
    patterns.put(Reason.BAD_HOURS, Pattern.compile("\\b(dbl ?)?hours\\b"));
    return patterns;
  }

  /** {@code unknown job}, {@code invalid idJob}, {@code job 12 is not found}. */
  private static Pattern unknown(String noun) {
    return Pattern.compile(
        ("\\b(unknown|no such|nonexistent|invalid|bad|missing|wrong) (id ?)?%s\\b"
                + "|\\b(id ?)?%s( id)?( #?[\\w-]{1,40})? (is |was |could )?"
                + "(not found|not be found|unknown|does not exist|doesn t exist|invalid|not valid|missing)\\b")
            .formatted(noun, noun));
  }
}
