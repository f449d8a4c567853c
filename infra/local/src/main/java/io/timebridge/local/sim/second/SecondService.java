package io.timebridge.local.sim.second;

import io.timebridge.local.sim.http.Json;
import io.timebridge.local.sim.http.Ledger;
import io.timebridge.local.sim.http.Reply;
import io.timebridge.local.sim.http.Request;
import io.timebridge.local.sim.http.Simulated;
import io.timebridge.local.sim.second.SecondServiceSim.Account;
import io.timebridge.local.sim.second.SecondServiceSim.Load;
import io.timebridge.local.sim.second.SecondServiceSim.Options;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Semaphore;
import java.util.function.LongFunction;
import tools.jackson.databind.node.ObjectNode;

/** SecondService's API: who may call, and which call is which. */
final class SecondService implements Simulated {
  private static final String API = "/service/api/";
  private static final String LOGIN = "POST " + API + "login/";

  private volatile Account account;
  private final Load load;
  private final Ledger ledger;
  private final Semaphore places;
  private final Random latency;
  private final SessionDesk sessions;
  private final Books books;
  private final Answers answers;
  private final Lists lists;
  private final Control control;

  SecondService(Options options, Ledger ledger) {
    this.account = options.account();
    this.load = options.load();
    this.ledger = ledger;
    this.places = new Semaphore(load.maxConcurrent());
    this.latency = new Random(options.quirks().seed());
    this.sessions = new SessionDesk(options.sessions(), options.clock());
    this.books = new Books(ledger, options.clock());
    this.answers = new Answers(options.quirks());
    this.lists = new Lists(books, answers, options.quirks().oldTaskList());
    this.control = new Control(books);
  }

  @Override
  public Optional<Reply> enter(Request request) {
    return places.tryAcquire() ? Optional.empty() : Optional.of(answers.overloaded());
  }

  @Override
  public void leave() {
    places.release();
  }

  @Override
  public Duration latency() {
    return Duration.ofMillis(latency.nextLong(load.minMillis(), load.maxMillis() + 1));
  }

  @Override
  public void expireSession(Request request) {
    sessions.end(request.cookie("appID"));
  }

  @Override
  public Optional<Reply> refuse(Request request) {
    if (call(request).equals(LOGIN)) {
      return Optional.empty();
    }
    boolean mine =
        is(account.org(), request.cookie("appOrganization"))
            && is(account.user(), request.cookie("appUsername"));
    if (!mine || !sessions.isLive(request.cookie("appID"))) {
      return Optional.of(answers.deadSession());
    }
    if (!request.query("i").equals(account.user())) {
      return Optional.of(answers.problem(new Problem("wrong user", request.query("i"))));
    }
    if (needsOrg(request) && !request.query("o").equals(account.org())) {
      return Optional.of(answers.problem(new Problem("wrong organization", request.query("o"))));
    }
    return Optional.empty();
  }

  /** Cookies cannot hold every character, so a value may come as it is or percent-encoded. */
  private static boolean is(String expected, String cookie) {
    if (cookie.equals(expected)) {
      return true;
    }
    try {
      return URLDecoder.decode(cookie, StandardCharsets.UTF_8).equals(expected);
    } catch (IllegalArgumentException e) {
      return false; // not percent-encoded, so simply another value
    }
  }

  private static boolean needsOrg(Request request) {
    return request.path().equals(API + "job/")
        || request.path().equals(API + "client/")
        || request.path().equals(API + "reports/");
  }

  private static String call(Request request) {
    return request.method() + " " + request.path();
  }

  @Override
  public Reply perform(Request request) {
    if (call(request).equals(LOGIN)) {
      return login(request.form());
    }
    String call = call(request) + " " + request.query("cmd");
    return switch (call) {
      case "POST " + API + "timesheet/ add" ->
          answer(books.addTimesheet(request.form()), answers::added);
      case "POST " + API + "timesheet/ update" ->
          answer(books.updateTimesheet(request.form()), answers::updated);
      case "POST " + API + "timesheet/ delete" ->
          answer(books.deleteTimesheet(request.form()), id -> answers.nothing());
      case "GET " + API + "Task/ list" -> lists.tasks(request);
      case "GET " + API + "job/ list" -> lists.jobs(request);
      case "GET " + API + "client/ list" -> lists.clients(request);
      case "GET " + API + "reports/ run" -> lists.report(request);
      default -> Reply.html(404, "Not found", "");
    };
  }

  private Reply answer(Result result, LongFunction<Reply> success) {
    return switch (result) {
      case Result.Done(long id) -> success.apply(id);
      case Result.Refused(Problem problem) -> answers.problem(problem);
    };
  }

  private Reply login(Map<String, String> form) {
    boolean right =
        form.getOrDefault("cmd", "").equals("org")
            && form.getOrDefault("idOrg", "").equals(account.org())
            && form.getOrDefault("strUsername", "").equals(account.user())
            && form.getOrDefault("strPassword", "").equals(account.password());
    if (!right) {
      return Reply.ok(Json.object().put("error", "invalid login"));
    }
    Optional<String> appId = sessions.open();
    if (appId.isEmpty()) {
      return Reply.ok(Json.object().put("error", "too many logins"));
    }
    ledger.append("login", Json.object(), Json.object().put("strUsername", account.user()));
    return Reply.ok(Json.object().put("appID", appId.get()));
  }

  @Override
  public Reply malformed(String message) {
    return Reply.html(400, "Bad request", "");
  }

  @Override
  public Optional<Reply> control(Request request) {
    return call(request).equals("POST /__sim/account")
        ? Optional.of(changePassword(Json.string(Json.parse(request.body()), "password")))
        : control.answer(request);
  }

  /** As a service may do it: who is logged in has to log in again. */
  private Reply changePassword(String password) {
    account = new Account(account.org(), account.user(), password);
    sessions.endAll();
    return Reply.ok(Json.object());
  }

  @Override
  public ObjectNode state() {
    return books.state().put("sessions", sessions.live()).put("logins", sessions.logins());
  }
}
