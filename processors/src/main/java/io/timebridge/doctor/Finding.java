package io.timebridge.doctor;

/** What a look came to. Texts are one sentence, without secrets, for people. */
public sealed interface Finding {
  /** What was seen. */
  String what();

  /** As it should be. */
  record Well(String what) implements Finding {}

  /** Works, and somebody should look at it. */
  record Warning(String what, String fix) implements Finding {}

  /** Does not work, or could not be looked at. {@code fix} is the command, where there is one. */
  record Wrong(String what, String fix) implements Finding {}
}
