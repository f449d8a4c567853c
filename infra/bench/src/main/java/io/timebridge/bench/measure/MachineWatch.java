package io.timebridge.bench.measure;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/** How much of the machine this process used, and how busy the machine was. Used by one thread. */
final class MachineWatch {
  private final OperatingSystemMXBean system =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
  private long cpuNanos;
  private long wallNanos;
  private double loadAverage;

  void start() {
    cpuNanos = -system.getProcessCpuTime();
    wallNanos = -System.nanoTime();
  }

  void stop() {
    cpuNanos += system.getProcessCpuTime();
    wallNanos += System.nanoTime();
    loadAverage = system.getSystemLoadAverage();
  }

  /** Cores this process kept busy on average between the two. */
  double cores() {
    return cpuNanos / (double) wallNanos;
  }

  /**
   * Of the whole machine, over the minute before the stop; above its number of cores something had
   * to wait.
   */
  double loadAverage() {
    return loadAverage;
  }
}
