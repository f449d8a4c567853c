package io.timebridge.services.second;

/**
 * What SecondService last said of our credentials. A login that got no such word, as one too many,
 * is none.
 *
 * @param number how often it has said something; 0 = never yet
 * @param accepted whether that was yes
 */
public record LastLogin(long number, boolean accepted) {
  static final LastLogin NONE = new LastLogin(0, false);

  LastLogin then(boolean yes) {
    return new LastLogin(number + 1, yes);
  }
}
