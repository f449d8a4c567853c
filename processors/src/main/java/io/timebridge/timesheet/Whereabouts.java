package io.timebridge.timesheet;

import io.timebridge.services.first.FirstService.User;
import io.timebridge.stream.EntryId;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** Where the timesheet of an entry was booked, by what FirstService said of it. Immutable. */
public final class Whereabouts {
  private final Map<Long, Long> personOfUser = new HashMap<>();

  /**
   * With the users as FirstService knows them; those of no person of SecondService are left out.
   */
  public Whereabouts(Collection<User> users) {
    for (User user : users) {
      Mapper.externalId(user.externalId()).ifPresent(person -> personOfUser.put(user.id(), person));
    }
  }

  /** Empty when it says too little, or its user is no person of SecondService. */
  public Optional<Place> of(EntryId id, JsonNode entry) {
    try {
      EntryContent content = EntryContent.read(id, entry);
      return Optional.ofNullable(personOfUser.get(content.userId()))
          .map(person -> new Place(person, content.day()));
    } catch (EntryContent.Unreadable saysTooLittle) {
      return Optional.empty();
    }
  }
}
