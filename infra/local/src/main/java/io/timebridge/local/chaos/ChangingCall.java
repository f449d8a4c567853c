package io.timebridge.local.chaos;

import io.timebridge.local.sim.http.Request;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A call that changes a service.
 *
 * @param add whether it makes something new
 * @param entry the entry that the timesheet's mark names; empty where there is none
 * @param thing id of the timesheet, or kind and id of the project or client ({@code projects/12});
 *     empty where there is none yet
 */
record ChangingCall(Service service, boolean add, String entry, String thing) {
  private static final Pattern MARK = Pattern.compile("\\[TB#(\\d+)\\]\\s*\\z");
  private static final Pattern FIRST =
      Pattern.compile("/1\\.1/[^/]+/((?:projects|clients)(?:/\\d+)?)");

  static Optional<ChangingCall> of(Service service, Request request) {
    return switch (service) {
      case FIRST ->
          request.method().equals("GET")
              ? Optional.empty()
              : Optional.of(FIRST.matcher(request.path()))
                  .filter(Matcher::matches)
                  .map(path ->
                      new ChangingCall(
                          service, request.method().equals("POST"), "", path.group(1)));
      case SECOND ->
          request.method().equals("POST") && request.path().endsWith("/timesheet/")
              ? Optional.of(timesheet(request))
              : Optional.empty();
    };
  }

  private static ChangingCall timesheet(Request request) {
    Map<String, String> form = request.form();
    Matcher mark = MARK.matcher(form.getOrDefault("strDescription", ""));
    return new ChangingCall(
        Service.SECOND,
        request.query("cmd").equals("add"),
        mark.find() ? mark.group(1) : "",
        form.getOrDefault("idTimesheet", ""));
  }

  /** What it is about, for people. */
  String about() {
    return switch (service) {
      case FIRST -> "of " + thing;
      case SECOND -> entry.isEmpty() ? "of timesheet " + thing : entry;
    };
  }
}
