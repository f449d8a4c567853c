package io.timebridge.deadletters;

import io.timebridge.failure.StoreTrouble;

/** Takes what is found, one by one, so that it need not all be held at once. */
@FunctionalInterface
public interface Visitor<T> {
  void visit(T found) throws StoreTrouble, InterruptedException;
}
