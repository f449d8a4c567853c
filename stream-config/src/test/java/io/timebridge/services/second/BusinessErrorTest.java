package io.timebridge.services.second;

import static org.assertj.core.api.Assertions.assertThat;

import io.timebridge.services.second.SecondService.Reason;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BusinessErrorTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "closed job: 5001|CLOSED_JOB",
        "Job 5001 is closed|CLOSED_JOB",
        "Job 'WEB-12' has been archived|CLOSED_JOB",
        "closed job: closed job: 5001|CLOSED_JOB",
        "unknown job: 12|UNKNOWN_JOB",
        "Invalid idJob|UNKNOWN_JOB",
        "Job 12 not found|UNKNOWN_JOB",
        "NO SUCH JOB|UNKNOWN_JOB",
        "unknown task: 7|UNKNOWN_TASK",
        "Invalid task for job 12|UNKNOWN_TASK",
        "Task 7 does not exist|UNKNOWN_TASK",
        "unknown personnel: 9|UNKNOWN_PERSON",
        "Unknown person|UNKNOWN_PERSON",
        "idPersonnel invalid|UNKNOWN_PERSON",
        "locked period: 2026-07-03|LOCKED_PERIOD",
        "Period 2026-07 is locked|LOCKED_PERIOD",
        "The day 2026-07-03 has been locked|LOCKED_PERIOD",
        "unknown timesheet: 9|UNKNOWN_TIMESHEET",
        "Timesheet not found|UNKNOWN_TIMESHEET",
        "timesheet 987 does not exist|UNKNOWN_TIMESHEET",
        "UNKNOWN_TIMESHEET: unknown timesheet: 9|UNKNOWN_TIMESHEET",
        "unknown idTimesheet|UNKNOWN_TIMESHEET",
        "bad hours: 25|BAD_HOURS",
        "dblHours must be positive|BAD_HOURS",
        "Invalid hours|BAD_HOURS",
        "quota exceeded|OTHER",
        "client is not the job's: 5|OTHER",
        "an error without words|OTHER"
      })
  void recognises_what_an_error_is_about(String error, Reason reason) {
    assertThat(BusinessError.reason(error)).isEqualTo(reason);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "timesheet 5: job not found",
        "invalid timesheet",
        "unknown timesheet period",
        "timesheet refused: unknown task",
        "bad date for timesheet 9",
        "cannot save timesheet, personnel not found"
      })
  void does_not_take_a_message_that_mentions_a_timesheet_for_an_unknown_one(String error) {
    assertThat(BusinessError.reason(error)).isNotEqualTo(Reason.UNKNOWN_TIMESHEET);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "unknown job: 12",
        "closed job",
        "session notes are too long",
        "the login period is locked",
        "unknown task: session planning"
      })
  void does_not_take_a_business_error_for_a_dead_session(String error) {
    assertThat(SessionRefusal.isRefusal(error)).isFalse();
  }
}
