package io.timebridge.services.second;

import io.timebridge.services.StubServer;
import io.timebridge.services.StubServer.Reply;
import io.timebridge.services.StubServer.Request;
import io.timebridge.services.StubServer.Script;
import java.net.URI;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * SecondService's doors: logins that give sessions s1, s2, ..., and calls that need a live one.
 * What a call with a live session is answered is the test's.
 */
final class SecondStub implements AutoCloseable {
  static final Reply EXPIRED = StubServer.json("{\"error\":\"session expired\"}");

  private final AtomicInteger logins = new AtomicInteger();
  private final Set<String> live = ConcurrentHashMap.newKeySet();
  private final StubServer server = new StubServer(this::reply);
  private volatile Script loginScript = r -> loggedIn();
  private volatile Script calls = r -> StubServer.json("{}");
  private volatile Reply refusal = EXPIRED;

  private Reply reply(Request request) throws InterruptedException {
    if (request.path().equals("/service/api/login/")) {
      return loginScript.reply(request);
    }
    String cookie = request.header("Cookie");
    boolean known = live.stream().anyMatch(id -> cookie.startsWith("appID=" + id + ";"));
    return known ? calls.reply(request) : refusal;
  }

  Reply loggedIn() {
    String id = "s" + logins.incrementAndGet();
    live.add(id);
    return StubServer.json("{\"appID\":\"" + id + "\"}");
  }

  /** What a dead session is answered from now on. */
  void refuseWith(Reply reply) {
    refusal = reply;
  }

  void onLogin(Script script) {
    loginScript = script;
  }

  void onCall(Script script) {
    calls = script;
  }

  void onCall(Reply reply) {
    calls = r -> reply;
  }

  void endSessions() {
    live.clear();
  }

  int logins() {
    return logins.get();
  }

  URI uri() {
    return server.uri();
  }

  StubServer server() {
    return server;
  }

  /** Calls other than logins. */
  long calls() {
    return server.requests().size() - server.count("login/");
  }

  @Override
  public void close() {
    server.close();
  }
}
