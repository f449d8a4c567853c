package io.timebridge.local.sim.first;

import io.timebridge.local.sim.first.FirstServiceSim.Options;
import io.timebridge.local.sim.http.BadRequest;
import io.timebridge.local.sim.http.Json;
import io.timebridge.local.sim.http.Ledger;
import io.timebridge.local.sim.http.Reply;
import io.timebridge.local.sim.http.Request;
import io.timebridge.local.sim.http.Simulated;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** FirstService's API: who may call, and which call is which. */
final class FirstService implements Simulated {
  private static final String TOKEN = "POST /1.1/oauth/token";
  private static final String AUTHORIZE = "GET /1.1/oauth/authorize";

  private final String account;
  private final Workspace workspace;
  private final WebhookBook webhooks;
  private final Tokens tokens;
  private final Deliveries deliveries;
  private final RateLimit rate;
  private final AtomicInteger limited = new AtomicInteger();

  FirstService(
      Options options,
      Ledger ledger,
      Workspace workspace,
      WebhookBook webhooks,
      Deliveries deliveries) {
    this.account = Long.toString(options.accountId());
    this.workspace = workspace;
    this.webhooks = webhooks;
    this.tokens = new Tokens(options.credentials(), options.clock(), ledger);
    this.deliveries = deliveries;
    this.rate = new RateLimit(options.quirks().callsPerSecond(), options.clock());
  }

  @Override
  public Optional<Reply> enter(Request request) {
    if (rate.allows()) {
      return Optional.empty();
    }
    Reply reply = message(429, "Too many requests");
    return Optional.of(
        limited.getAndIncrement() % 2 == 0 ? reply.withHeader("Retry-After", "1") : reply);
  }

  @Override
  public void leave() {}

  @Override
  public Duration latency() {
    return Duration.ZERO;
  }

  @Override
  public void expireSession(Request request) {
    tokens.expire(bearer(request));
  }

  private static String bearer(Request request) {
    String header = request.header("Authorization");
    return header.startsWith("Bearer ") ? header.substring("Bearer ".length()) : "";
  }

  @Override
  public Optional<Reply> refuse(Request request) {
    if (isToken(request) || isAuthorize(request)) {
      return Optional.empty();
    }
    if (!tokens.isLive(bearer(request))) {
      return Optional.of(message(401, "The access token is invalid or expired"));
    }
    String[] parts = request.path().split("/", -1);
    return parts.length > 2 && !parts[2].equals(account)
        ? Optional.of(message(403, "No access to this account"))
        : Optional.empty();
  }

  private static boolean isToken(Request request) {
    return (request.method() + " " + request.path()).equals(TOKEN);
  }

  private static boolean isAuthorize(Request request) {
    return (request.method() + " " + request.path()).equals(AUTHORIZE);
  }

  @Override
  public Reply perform(Request request) {
    if (isAuthorize(request)) {
      return tokens.authorize(request);
    }
    if (isToken(request)) {
      return tokens.grant(request.form());
    }
    String[] parts = request.path().split("/", -1);
    if (parts.length == 4 && parts[1].equals("1.1")) {
      return all(request, request.method() + " " + parts[3]);
    }
    if (parts.length == 5 && parts[1].equals("1.1") && parts[4].matches("\\d{1,18}")) {
      return one(request, request.method() + " " + parts[3], Long.parseLong(parts[4]));
    }
    return notFound();
  }

  private Reply all(Request request, String call) {
    return switch (call) {
      case "GET events" -> events(request);
      case "GET projects" -> Pages.numbered(request, workspace.projects());
      case "GET clients" -> Pages.offset(request, workspace.clients());
      case "GET labels" -> Pages.offset(request, workspace.labelTrees());
      case "GET users" -> Pages.offset(request, workspace.users(), Integer.MAX_VALUE);
      case "GET webhooks" -> Pages.offset(request, webhooks.json(), Integer.MAX_VALUE);
      case "POST projects" -> saved(workspace.createProject(inside(request, "project")), 201);
      case "POST clients" -> saved(workspace.createClient(inside(request, "client")), 201);
      case "POST webhooks" -> saved(webhooks.create(inside(request, "webhook")), 201);
      default -> notFound();
    };
  }

  private Reply one(Request request, String call, long id) {
    return switch (call) {
      case "GET events" -> found(workspace.event(id));
      case "GET users" ->
          found(
              workspace.users().stream()
                  .filter(user -> user.path("id").longValue() == id)
                  .findFirst());
      case "PUT projects" -> saved(workspace.updateProject(id, inside(request, "project")), 200);
      case "PUT clients" -> saved(workspace.updateClient(id, inside(request, "client")), 200);
      case "DELETE webhooks" -> webhooks.delete(id) ? Reply.empty(204) : notFound();
      default -> notFound();
    };
  }

  /** {@code since} and {@code upto} go together; without both, all days. */
  private Reply events(Request request) {
    String since = request.query("since");
    String upto = request.query("upto");
    if (since.isEmpty() != upto.isEmpty()) {
      ObjectNode errors = Json.object();
      errors.putArray(since.isEmpty() ? "since" : "upto").add("since and upto go together");
      return invalid(errors);
    }
    List<ObjectNode> rows =
        since.isEmpty()
            ? workspace.events(LocalDate.MIN, LocalDate.MAX)
            : workspace.events(EntryFields.day(since), EntryFields.day(upto));
    return Pages.numbered(request, rows);
  }

  private static JsonNode inside(Request request, String field) {
    JsonNode node = Json.parse(request.body()).path(field);
    if (!node.isObject()) {
      throw new BadRequest("param is missing or the value is empty: " + field);
    }
    return node;
  }

  private static Reply saved(Saved saved, int status) {
    return switch (saved) {
      case Saved.Done(ObjectNode json) -> Reply.json(status, json);
      case Saved.Invalid(ObjectNode errors) -> invalid(errors);
      case Saved.Missing() -> notFound();
    };
  }

  private static Reply found(Optional<ObjectNode> json) {
    return json.map(Reply::ok).orElseGet(FirstService::notFound);
  }

  static Reply invalid(ObjectNode errors) {
    ObjectNode body = Json.object();
    body.set("errors", errors);
    return Reply.json(422, body);
  }

  private static Reply notFound() {
    return message(404, "Not found");
  }

  private static Reply message(int status, String message) {
    ObjectNode body = Json.object();
    body.putObject("errors").put("message", message);
    return Reply.json(status, body);
  }

  @Override
  public Reply malformed(String message) {
    return message(400, message);
  }

  @Override
  public Optional<Reply> control(Request request) {
    String call = request.method() + " " + request.path();
    return switch (call) {
      case "GET /__sim/delivery" -> Optional.of(Reply.ok(deliveries.json()));
      case "POST /__sim/delivery" ->
          Optional.of(Reply.ok(deliveries.settings(Json.parse(request.body()))));
      case "POST /__sim/authorize" ->
          Optional.of(Reply.ok(Json.object().put("code", tokens.authorize())));
      case "POST /__sim/users" -> Optional.of(Reply.ok(user(Json.parse(request.body()))));
      case "POST /__sim/labels" ->
          Optional.of(Reply.ok(workspace.addLabel(Json.parse(request.body()))));
      case "POST /__sim/entries" -> Optional.of(Reply.ok(entry(Json.parse(request.body()))));
      default -> Optional.empty();
    };
  }

  private ObjectNode user(JsonNode body) {
    return Json.has(body, "id")
        ? workspace.changeUser(Json.whole(body, "id"), body)
        : workspace.addUser(body);
  }

  private ObjectNode entry(JsonNode body) {
    String op = Json.string(body, "op");
    return switch (op) {
      case "create" -> workspace.createEntry(body);
      case "edit" -> workspace.editEntry(Json.whole(body, "id"), body);
      case "delete" -> workspace.deleteEntry(Json.whole(body, "id"));
      case "restore" -> workspace.restoreEntry(Json.whole(body, "id"));
      case "suggest" -> workspace.suggest();
      default -> throw new BadRequest("unknown op '" + op + "'");
    };
  }

  @Override
  public ObjectNode state() {
    ObjectNode state = workspace.state();
    ArrayNode hooks = state.putArray("webhooks");
    webhooks.json().forEach(hooks::add);
    return state.put("tokenRefreshes", tokens.refreshes());
  }
}
