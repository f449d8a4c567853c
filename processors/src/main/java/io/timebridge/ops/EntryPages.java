package io.timebridge.ops;

import io.helidon.http.BadRequestException;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.timebridge.failure.StoreTrouble;
import io.timebridge.ops.Page.Room;
import io.timebridge.ops.templates.JteentryGenerated;
import io.timebridge.story.Story;
import io.timebridge.stream.EntryId;
import java.util.Optional;

/** The story of one entry. */
final class EntryPages {
  private final Stories stories;
  private final Visit visit;

  EntryPages(Stories stories, Visit visit) {
    this.stories = stories;
    this.visit = visit;
  }

  void show(ServerRequest request, ServerResponse response)
      throws StoreTrouble, InterruptedException {
    String given = visit.query(request, "id");
    boolean ask = !visit.query(request, "ask").equals("no");
    Optional<Story> story =
        given.isEmpty() ? Optional.empty() : Optional.of(stories.tell(id(given), ask));
    Page page = visit.page(request, given.isEmpty() ? "Entry" : "Entry " + given, Room.ENTRY);
    Html.send(response, out -> JteentryGenerated.render(out, null, page, given, ask, story));
  }

  private static EntryId id(String given) {
    return EntryId.parse(given)
        .orElseThrow(() ->
            new BadRequestException(
                given + " is no entry of FirstService: its id is a whole number from 1 on"));
  }
}
