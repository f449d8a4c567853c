package io.timebridge.bench.measure;

/**
 * Which key each record has: one after the other, except for the hot key's share, which is spread
 * evenly. The same numbers give the same traffic. Not thread-safe.
 */
public final class Traffic {
  /** The key that is hot when one is. */
  public static final int HOT_KEY = 0;

  private final int keys;
  private final int hotKeyPercent;
  private final int[] numbers;
  private long index;
  private int turn;

  /**
   * @param keys how many, at least 1; at least 2 where one is hot
   * @param hotKeyPercent share of the records that are the hot key's, 0 to 99; 0 = none is hot
   */
  public Traffic(int keys, int hotKeyPercent) {
    this.keys = keys;
    this.hotKeyPercent = hotKeyPercent;
    this.numbers = new int[keys];
  }

  /** The next record. */
  public Payload.Mark next() {
    int key = isHot(index++) ? HOT_KEY : nextCold();
    return new Payload.Mark(key, numbers[key]++);
  }

  private boolean isHot(long i) {
    return (i + 1) * hotKeyPercent / 100 > i * hotKeyPercent / 100;
  }

  private int nextCold() {
    int first = hotKeyPercent > 0 ? 1 : 0;
    int key = first + turn;
    turn = (turn + 1) % (keys - first);
    return key;
  }
}
