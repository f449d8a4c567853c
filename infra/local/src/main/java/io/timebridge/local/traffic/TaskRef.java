package io.timebridge.local.traffic;

/** What a label of FirstService names in SecondService: a row of the label mapping. */
public sealed interface TaskRef {
  /** The task of that name within the entry's job; case and surrounding blanks do not count. */
  record ByName(String name) implements TaskRef {}

  /** The task of that id, if it is one of the entry's job. */
  record ById(long taskId) implements TaskRef {}
}
