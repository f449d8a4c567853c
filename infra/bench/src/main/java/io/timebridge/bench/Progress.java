package io.timebridge.bench;

/** Is told what is going on, in a line fit for a person. */
@FunctionalInterface
interface Progress {
  void say(String text);
}
