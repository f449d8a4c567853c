package io.timebridge.jobs;

import io.timebridge.failure.StoreTrouble;
import io.timebridge.stream.JobEvent;
import java.util.Optional;

/**
 * The rows of jobs and clients, by event key, changed only by these conditional writes. Each names
 * its condition; where it does not hold nothing is changed, and the answer is false. A write whose
 * own answer was lost is recognised by what it wrote and reported as done. Thread-safe; several
 * processes share one store, and meet nowhere else.
 */
public interface JobStates {
  /** The row, or {@link JobRow#absent()}; strongly consistent. */
  JobRow read(String key) throws StoreTrouble, InterruptedException;

  /**
   * Announces a call, or takes an open intent over whose span has been waited. Condition: {@code
   * rev} as seen.
   *
   * @param seen its {@code remoteId}, which may have been found since, is kept in the row: should
   *     the intent be given back, nobody must take it that there is none
   * @param tried kept in the row, unless that one is later
   */
  boolean begin(String key, JobRow seen, JobRow.Intent intent, Position tried)
      throws StoreTrouble, InterruptedException;

  /** Writes what a call came to, and closes its intent. Condition: the intent's token. */
  boolean finish(String key, String token, Result result) throws StoreTrouble, InterruptedException;

  /**
   * Writes what needed no call. Condition: {@code rev} as seen. Closes the intent that was seen, if
   * one was: its span has been waited.
   */
  boolean note(String key, JobRow seen, Result result) throws StoreTrouble, InterruptedException;

  /** Takes back an announcement whose call was surely not made. Condition: the intent's token. */
  void release(String key, String token) throws StoreTrouble, InterruptedException;

  /**
   * Reserves a thing of FirstService that belongs to nobody yet, for good: whoever is first alone
   * may ever adopt it.
   *
   * @param thing kind and FirstService id: {@code project-12}
   * @param key of the job or client it is to belong to
   * @return whether it is reserved for {@code key}, by this call or one before
   */
  boolean claim(String thing, String key) throws StoreTrouble, InterruptedException;

  /** What is left in a row; see {@link JobRow} for the parts. */
  record Result(Position seen, Optional<JobEvent> applied, long remoteId) {}
}
