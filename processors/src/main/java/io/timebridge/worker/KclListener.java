package io.timebridge.worker;

/** Is told of what KCL measures about itself, on KCL's threads; must neither block nor throw. */
@FunctionalInterface
public interface KclListener {
  /** Nobody listens, and nothing is collected. */
  KclListener NONE = (operation, measure, unit, value) -> {};

  /** What a value is counted in. */
  enum Unit {
    SECONDS,
    BYTES,
    /** Pieces of something, or anything else. */
    COUNT
  }

  /**
   * @param operation of KCL's: {@code ProcessTask}, {@code RenewAllLeases}
   * @param measure its name of the figure: {@code Time}, {@code DataBytesProcessed}
   */
  void measured(String operation, String measure, Unit unit, double value);
}
