package io.timebridge.worker;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The applications of one worker process, started and stopped together. {@link #start()} once,
 * {@link #close()} once, from one thread.
 */
public final class WorkerRuntime implements AutoCloseable {
  private final List<KclApplication<?>> applications;

  public WorkerRuntime(List<? extends KclApplication<?>> applications) {
    this.applications = List.copyOf(applications);
  }

  /**
   * Starts all of them; when one cannot be started, the others are stopped again.
   *
   * @throws IllegalStateException when a stream does not exist
   */
  public void start() {
    try {
      forEach(KclApplication::start);
    } catch (RuntimeException failure) {
      close();
      throw failure;
    }
  }

  public List<KclApplication<?>> applications() {
    return applications;
  }

  /** Whether every application consumes. */
  public boolean isRunning() {
    return applications.stream().allMatch(KclApplication::isRunning);
  }

  /** Stops all of them at the same time; see {@link KclApplication#close()}. */
  @Override
  public void close() {
    forEach(KclApplication::close);
  }

  /** At the same time; the first failure is thrown when all have ended. */
  private void forEach(Consumer<KclApplication<?>> step) {
    AtomicReference<@Nullable RuntimeException> failure = new AtomicReference<>();
    List<Thread> threads = new ArrayList<>();
    for (KclApplication<?> application : applications) {
      threads.add(
          Thread.ofVirtual()
              .start(() -> {
                try {
                  step.accept(application);
                } catch (RuntimeException e) {
                  failure.compareAndSet(null, e);
                }
              }));
    }
    for (Thread thread : threads) {
      try {
        thread.join();
      } catch (InterruptedException hurried) {
        Thread.currentThread().interrupt();
      }
    }
    RuntimeException first = failure.get();
    if (first != null) {
      throw first;
    }
  }
}
