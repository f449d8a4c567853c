package io.timebridge.failure;

/**
 * Says that the events of a parked key are to be tried again. Holds no payload: what waits, and in
 * which order, is in {@code Parked_Events}.
 *
 * @param key whose events wait
 * @param episode number of the parking; wake-ups of one episode are one
 * @param reason why it was parked, for people; {@link #ASKED} = a person wants it
 */
public record WakeUp(String key, long episode, String reason) {
  /** The reason of a wake-up that a person asked for. */
  public static final String ASKED = "REDRIVE";

  /** Whether a person asked for it. */
  public boolean isAsked() {
    return reason.equals(ASKED);
  }
}
