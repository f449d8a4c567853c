package io.timebridge.local.sim.second;

import io.timebridge.local.sim.second.Rows.Client;
import io.timebridge.local.sim.second.Rows.Job;
import io.timebridge.local.sim.second.Rows.Task;
import io.timebridge.local.sim.second.Rows.Timesheet;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The form of an add or update, checked against the books. The first rule that is broken is the
 * answer, in this order: job, closed job, client, the job's client, task of the job, personnel,
 * hours, date, locked period.
 */
final class TimesheetForm {
  private static final BigDecimal MOST_HOURS = BigDecimal.valueOf(24);
  private static final Pattern HOURS = Pattern.compile("\\d{1,3}(\\.\\d{1,20})?");
  private static final Pattern ID = Pattern.compile("\\d{1,18}");
  private static final Pattern DATE = Pattern.compile("\\d{4}-\\d{2}-\\d{2}");

  private final Map<String, String> form;

  TimesheetForm(Map<String, String> form) {
    this.form = form;
  }

  sealed interface Checked {
    record Good(Timesheet timesheet) implements Checked {}

    record Bad(Problem problem) implements Checked {}
  }

  Checked check(long id, Books books, Instant now) {
    Optional<Job> job = books.job(id("idJob"));
    if (job.isEmpty()) {
      return bad("unknown job", "idJob");
    }
    if (job.get().closed() || job.get().archived()) {
      return bad("closed job", "idJob");
    }
    Optional<Client> client = books.client(id("idClient"));
    if (client.isEmpty()) {
      return bad("unknown client", "idClient");
    }
    if (job.get().client() != client.get().id()) {
      return bad("client is not the job's", "idClient");
    }
    Optional<Task> task = books.task(id("idTask")).filter(it -> it.job() == job.get().id());
    if (task.isEmpty()) {
      return bad("unknown task", "idTask");
    }
    if (!books.hasPerson(id("idPersonnel"))) {
      return bad("unknown personnel", "idPersonnel");
    }
    Optional<BigDecimal> hours = hours(text("dblHours"));
    if (hours.isEmpty()) {
      return bad("bad hours", "dblHours");
    }
    Optional<LocalDate> date = date(text("dtTimesheet"));
    if (date.isEmpty()) {
      return bad("bad date", "dtTimesheet");
    }
    if (books.locked(date.get())) {
      return bad("locked period", "dtTimesheet");
    }
    return new Checked.Good(
        new Timesheet(
            id,
            client.get().id(),
            job.get().id(),
            task.get().id(),
            id("idPersonnel"),
            hours.get(),
            date.get(),
            text("strDescription"),
            now));
  }

  /** An id of the form; -1, which nothing has, when it is missing or no number. */
  long id(String field) {
    return id(form, field);
  }

  static long id(Map<String, String> form, String field) {
    String text = form.getOrDefault(field, "");
    return ID.matcher(text).matches() ? Long.parseLong(text) : -1;
  }

  /** More than 0, at most 24, at most four decimals (zeros at the end do not count). */
  static Optional<BigDecimal> hours(String text) {
    if (!HOURS.matcher(text).matches()) {
      return Optional.empty();
    }
    BigDecimal hours = plain(new BigDecimal(text));
    boolean good = hours.signum() > 0 && hours.compareTo(MOST_HOURS) <= 0 && hours.scale() <= 4;
    return good ? Optional.of(hours) : Optional.empty();
  }

  /** The same number without zeros at the end, and never with an exponent. */
  static BigDecimal plain(BigDecimal number) {
    BigDecimal stripped = number.stripTrailingZeros();
    return stripped.scale() < 0 ? stripped.setScale(0) : stripped;
  }

  /** A real day, written YYYY-MM-DD. */
  static Optional<LocalDate> date(String text) {
    if (!DATE.matcher(text).matches()) {
      return Optional.empty();
    }
    try {
      return Optional.of(LocalDate.parse(text));
    } catch (DateTimeParseException e) {
      return Optional.empty(); // 2026-02-30 and the like: an expected answer, not a defect
    }
  }

  private String text(String field) {
    return form.getOrDefault(field, "");
  }

  private Checked bad(String name, String field) {
    return new Checked.Bad(new Problem(name, text(field)));
  }
}
