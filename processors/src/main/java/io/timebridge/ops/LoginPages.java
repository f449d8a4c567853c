package io.timebridge.ops;

import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.timebridge.ops.Sessions.Login;
import io.timebridge.ops.Sessions.Session;
import io.timebridge.ops.templates.JteloginGenerated;
import io.timebridge.settings.Secret;

/** Login by token, and logout. */
final class LoginPages {
  private final Sessions sessions;
  private final Visit visit;

  LoginPages(Sessions sessions, Visit visit) {
    this.sessions = sessions;
    this.visit = visit;
  }

  void show(ServerRequest request, ServerResponse response) {
    if (sessions.needToken()) {
      show(response, Status.OK_200, visit.query(request, "to"), "");
    } else {
      Html.goTo(response, "/");
    }
  }

  private void show(ServerResponse response, Status status, String to, String problem) {
    Page page = visit.outside("Log in");
    Html.send(response, status, out -> JteloginGenerated.render(out, null, page, to, problem));
  }

  void logIn(ServerRequest request, ServerResponse response) {
    Form form = Form.of(request);
    String to = form.text("to");
    switch (sessions.logIn(new Secret(form.text("token")), Sender.network(request))) {
      case Login.In(Session session) -> {
        Guard.give(request, response, session);
        Html.goTo(response, isOurs(to) ? to : "/");
      }
      case Login.Wrong() -> show(response, Status.UNAUTHORIZED_401, to, "That is not the token.");
      case Login.TooMany() ->
          show(response, Status.TOO_MANY_REQUESTS_429, to, "Too many wrong tokens. Wait a minute.");
    }
  }

  /** A path of this site; anything else would lead a person away. */
  private static boolean isOurs(String to) {
    return to.matches("/([A-Za-z0-9_%-][A-Za-z0-9_%./-]*)?");
  }

  void logOut(ServerRequest request, ServerResponse response) {
    visit.form(request);
    request.context().get(Session.class).ifPresent(sessions::end);
    Html.goTo(response, Guard.LOGIN);
  }
}
