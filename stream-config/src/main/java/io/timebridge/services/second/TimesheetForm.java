package io.timebridge.services.second;

import io.timebridge.services.second.SecondService.Timesheet;
import java.util.LinkedHashMap;
import java.util.Map;

/** The form of an add or update. */
final class TimesheetForm {
  private TimesheetForm() {}

  /** Hours go as a plain decimal number, without an exponent, with the decimals they have. */
  static Map<String, String> of(Timesheet timesheet) {
    Map<String, String> form = new LinkedHashMap<>();
    form.put("idClient", Long.toString(timesheet.clientId()));
    form.put("idJob", Long.toString(timesheet.jobId()));
    form.put("idTask", Long.toString(timesheet.taskId()));
    form.put("idPersonnel", Long.toString(timesheet.personId()));
    form.put("dblHours", timesheet.hours().toPlainString());
    form.put("dtTimesheet", timesheet.day().toString());
    form.put("strDescription", timesheet.description());
    return form;
  }
}
