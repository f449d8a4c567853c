package io.timebridge.ordering;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Calls of several threads on one object, with their answers, and whether a plain object that is
 * called by one thread could have answered so: each call takes effect at one moment between its
 * begin and its end.
 *
 * <p>For a {@link ScheduledRun}: one thread at a time is in here.
 *
 * @param <S> the plain object, which a call changes into another one
 */
final class History<S> {
  /**
   * What a plain object becomes and answers.
   *
   * @param <S> the plain object
   */
  record Next<S>(S state, Object answer) {}

  private static final class Call<S> {
    final String name;
    final Function<S, Next<S>> plain;
    final int begun;
    int ended = Integer.MAX_VALUE;
    @Nullable Object answer;

    Call(String name, Function<S, Next<S>> plain, int begun) {
      this.name = name;
      this.plain = plain;
      this.begun = begun;
    }

    @Override
    public String toString() {
      return name + " = " + answer + " (" + begun + " to " + ended + ")";
    }
  }

  private final List<Call<S>> calls = new ArrayList<>();
  private int moment;

  /** Makes a call and notes it. */
  <A> A call(String name, Supplier<A> real, Function<S, Next<S>> plain) {
    Consumer<Object> end = begin(name, plain);
    A answer = real.get();
    end.accept(answer);
    return answer;
  }

  /** Notes that a call begins; to be told its answer when it ends. */
  Consumer<Object> begin(String name, Function<S, Next<S>> plain) {
    Call<S> call = new Call<>(name, plain, moment++);
    calls.add(call);
    return answer -> {
      call.answer = answer;
      call.ended = moment++;
    };
  }

  /** Whether there is an order of the calls in which a plain object answers the same. */
  boolean isPlain(S start) {
    return fits(start, new ArrayList<>(calls));
  }

  private boolean fits(S state, List<Call<S>> left) {
    if (left.isEmpty()) {
      return true;
    }
    int firstEnd = left.stream().mapToInt(c -> c.ended).min().orElseThrow();
    for (Call<S> call : List.copyOf(left)) {
      if (call.begun < firstEnd) {
        Next<S> next = call.plain.apply(state);
        if (next.answer().equals(call.answer)) {
          List<Call<S>> rest = new ArrayList<>(left);
          rest.remove(call);
          if (fits(next.state(), rest)) {
            return true;
          }
        }
      }
    }
    return false;
  }

  @Override
  public String toString() {
    return calls.toString();
  }
}
