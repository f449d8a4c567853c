package io.timebridge.lag;

import java.util.function.UnaryOperator;

/** Something measured, an estimate of it, or what it is at least. */
public record Figure<T>(T value, Kind kind) {
  /** How a figure is meant. */
  public enum Kind {
    MEASURED(""),
    ESTIMATED("~"),
    AT_LEAST(">");

    private final String sign;

    Kind(String sign) {
      this.sign = sign;
    }
  }

  public static <T> Figure<T> measured(T value) {
    return new Figure<>(value, Kind.MEASURED);
  }

  public static <T> Figure<T> estimated(T value) {
    return new Figure<>(value, Kind.ESTIMATED);
  }

  public static <T> Figure<T> atLeast(T value) {
    return new Figure<>(value, Kind.AT_LEAST);
  }

  public boolean isMeasured() {
    return kind == Kind.MEASURED;
  }

  public boolean isAtLeast() {
    return kind == Kind.AT_LEAST;
  }

  /** What people read before the value. */
  public String sign() {
    return kind.sign;
  }

  Figure<T> map(UnaryOperator<T> change) {
    return new Figure<>(change.apply(value), kind);
  }
}
