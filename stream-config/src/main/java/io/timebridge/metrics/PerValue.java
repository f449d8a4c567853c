package io.timebridge.metrics;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

/**
 * A meter for each value of an enum: a label whose values are known. Immutable.
 *
 * @param <M> the kind of meter
 */
public final class PerValue<E extends Enum<E>, M> {
  private final Map<E, M> meters;

  /**
   * @param make called once for each value
   */
  public PerValue(Class<E> values, Function<E, M> make) {
    this.meters = new EnumMap<>(values);
    for (E value : values.getEnumConstants()) {
      meters.put(value, make.apply(value));
    }
  }

  /** The one of that value. */
  public M of(E value) {
    return Objects.requireNonNull(meters.get(value), "made for every value");
  }
}
