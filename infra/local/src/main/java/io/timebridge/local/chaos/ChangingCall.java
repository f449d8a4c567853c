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
 * @param timesheet its id; empty where there is none yet
 */
record ChangingCall(Service service, boolean add, String entry, String timesheet) {
  private static final Pattern MARK = Pattern.compile("\\[TB#(\\d+)\\]\\s*\\z");
  private static final Pattern FIRST =
      Pattern.compile("/1\\.1/[^/]+/(?:projects|clients)(?:/\\d+)?");

  static Optional<ChangingCall> of(Service service, Request request) {
    return switch (service) {
      case FIRST ->
          !request.method().equals("GET") && FIRST.matcher(request.path()).matches()
              ? Optional.of(new ChangingCall(service, request.method().equals("POST"), "", ""))
              : Optional.empty();
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
      case FIRST -> "of a project or client";
      case SECOND -> entry.isEmpty() ? "of timesheet " + timesheet : entry;
    };
  }
}
