package io.timebridge.bench.measure;

import java.time.Duration;
import java.util.List;

/**
 * What every system does with a record: check the order, wait, write down the completion. The wait
 * stands for a call to a service; it is the same {@link Thread#sleep} for all of them. Thread-safe.
 */
public final class Work {
  private final Duration latency;
  private final boolean hotKey;
  private final OrderCheck order;
  private final Recorder recorder;

  /**
   * @param hotKey whether {@link Traffic#HOT_KEY} is hot
   */
  public Work(Duration latency, boolean hotKey, OrderCheck order, Recorder recorder) {
    this.latency = latency;
    this.hotKey = hotKey;
    this.order = order;
    this.recorder = recorder;
  }

  /**
   * Handles records of one key with one wait.
   *
   * @param records at least one, oldest first
   */
  public void handle(List<Payload.Mark> records) throws InterruptedException {
    int key = records.getFirst().key();
    long began = System.nanoTime();
    order.begin(key, records);
    Thread.sleep(latency);
    order.end(key);
    boolean hot = hotKey && key == Traffic.HOT_KEY;
    long ended = System.nanoTime();
    for (int i = 0; i < records.size(); i++) {
      recorder.completed(began, ended, hot, i > 0);
    }
  }
}
