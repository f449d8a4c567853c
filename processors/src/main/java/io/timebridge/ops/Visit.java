package io.timebridge.ops;

import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import io.timebridge.ops.Page.Notice;
import io.timebridge.ops.Page.Room;
import io.timebridge.ops.Sessions.Session;
import java.time.InstantSource;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What the pages want of a request: its session's page frame, its fields. A notice is said once, on
 * the session's next page. Thread-safe.
 */
final class Visit {
  /** On requests that a page's script makes by itself: nobody would see a notice in the answer. */
  private static final HeaderName REFRESH = HeaderNames.create("Timebridge-Refresh");

  private static final int MAX_QUERY = 200;
  private static final int MOST_NOTICES = 1_000;

  private final boolean canLogOut;
  private final InstantSource clock;
  private final Map<String, Notice> notices =
      Collections.synchronizedMap(
          new LinkedHashMap<>() {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<String, Notice> eldest) {
              return size() > MOST_NOTICES;
            }
          });

  Visit(boolean canLogOut, InstantSource clock) {
    this.canLogOut = canLogOut;
    this.clock = clock;
  }

  InstantSource clock() {
    return clock;
  }

  Page page(ServerRequest request, String title, Room room) {
    Session session = session(request);
    return Page.of(title, room, session, canLogOut, clock.instant())
        .saying(
            request.headers().contains(REFRESH)
                ? Optional.empty()
                : Optional.ofNullable(notices.remove(session.id().reveal())));
  }

  /** For whoever is not let in yet. */
  Page outside(String title) {
    return new Page(title, Room.NONE, "", false, Optional.empty(), 0, clock.instant());
  }

  Form form(ServerRequest request) {
    return Form.of(request, session(request));
  }

  /** To be said on the session's next page. */
  void say(ServerRequest request, Notice notice) {
    notices.put(session(request).id().reveal(), notice);
  }

  /** Of the address; empty when it is not there. */
  String query(ServerRequest request, String name) {
    String value = request.query().first(name).orElse("").strip();
    return value.length() > MAX_QUERY ? value.substring(0, MAX_QUERY) : value;
  }

  private static Session session(ServerRequest request) {
    return request
        .context()
        .get(Session.class)
        .orElseThrow(() -> new IllegalStateException("the guard lets nobody in without a session"));
  }
}
