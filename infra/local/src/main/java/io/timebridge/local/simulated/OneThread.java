package io.timebridge.local.simulated;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.concurrent.Executor;

/**
 * Virtual threads that run only when a given executor runs them, so that blocking code takes turns
 * in an order of our choosing, all on one thread. The JDK has no public door to this yet: the JVM
 * must be started with {@value #FLAG}; with {@value #FORGET} abandoned threads are collected as
 * garbage.
 *
 * <p>What runs on them must not wait by the machine's clock (sleeps, timed waits that run out), and
 * must not hold a monitor while it waits.
 */
final class OneThread {
  static final String FLAG = "--add-opens=java.base/java.lang=ALL-UNNAMED";
  static final String FORGET = "-Djdk.trackAllThreads=false";

  private static final MethodHandle NEW = find();

  private OneThread() {}

  private static MethodHandle find() {
    try {
      Class<?> builders = Class.forName("java.lang.ThreadBuilders");
      return MethodHandles.privateLookupIn(builders, MethodHandles.lookup())
          .findStatic(
              builders,
              "newVirtualThread",
              MethodType.methodType(
                  Thread.class, Executor.class, String.class, int.class, Runnable.class));
    } catch (ReflectiveOperationException closed) {
      throw new IllegalStateException(
          "simulations need a JVM 25 started with " + FLAG + " " + FORGET, closed);
    }
  }

  /**
   * Starts a thread; its first step, and each one after a wait, is handed to {@code turns}.
   *
   * @param turns takes a step to be run later, on one platform thread
   */
  static void start(Executor turns, Runnable work) {
    Thread thread;
    try {
      thread = (Thread) NEW.invokeExact(turns, (String) null, 0, work);
    } catch (Throwable impossible) { // a method handle's signature allows anything
      throw new IllegalStateException("no virtual thread could be made", impossible);
    }
    thread.start();
  }
}
