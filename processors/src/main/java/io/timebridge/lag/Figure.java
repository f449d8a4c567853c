package io.timebridge.lag;

import java.util.function.UnaryOperator;

/**
 * Something measured, or an estimate of it.
 *
 * @param estimate whether it was not measured
 */
public record Figure<T>(T value, boolean estimate) {
  public static <T> Figure<T> measured(T value) {
    return new Figure<>(value, false);
  }

  public static <T> Figure<T> estimated(T value) {
    return new Figure<>(value, true);
  }

  Figure<T> map(UnaryOperator<T> change) {
    return new Figure<>(change.apply(value), estimate);
  }
}
