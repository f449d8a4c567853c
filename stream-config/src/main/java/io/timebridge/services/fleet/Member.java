package io.timebridge.services.fleet;

import java.time.Duration;

/**
 * One process's entry in the row of a service.
 *
 * @param id unique per start of a process
 * @param share what it may be using
 * @param wants what it could use; nothing = it makes no calls at present
 * @param ticket its place in the line: lower ones come first
 * @param beat one more with every write of the process itself
 * @param keeps how long others must see the same {@code beat} before the share is theirs to take
 */
record Member(String id, Share share, Share wants, long ticket, long beat, Duration keeps) {
  Member with(Share other) {
    return new Member(id, other, wants, ticket, beat, keeps);
  }

  Member withTicket(long other) {
    return new Member(id, share, wants, other, beat, keeps);
  }

  Member beating(Share wantsNow) {
    return new Member(id, share, wantsNow, ticket, beat + 1, keeps);
  }
}
