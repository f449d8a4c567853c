package io.timebridge.services.first;

import io.timebridge.services.ServiceTrouble;
import io.timebridge.services.ServiceTrouble.Kind;
import io.timebridge.services.first.Pages.Page;
import io.timebridge.services.first.Pages.Style;
import io.timebridge.services.gate.Ending;
import io.timebridge.services.gate.ServiceGate;
import io.timebridge.services.http.Encoded;
import io.timebridge.services.http.HttpAnswer;
import io.timebridge.services.http.HttpCall;
import io.timebridge.services.http.LooseJson;
import io.timebridge.services.http.ServiceHttp;
import io.timebridge.settings.Secret;
import io.timebridge.settings.Settings;
import io.timebridge.stream.EntryId;
import java.net.URI;
import java.time.InstantSource;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * FirstService over HTTP. Thread-safe. A call that is answered 401 was not done: it is made once
 * more with another token, and ends in {@link Kind#CREDENTIALS} if that one is not accepted either.
 * 429 leaves a call not done; 5xx and whatever cannot be read leave its outcome unknown.
 */
public final class HttpFirstService
    implements FirstService, WebhookRegistry, EntryListing, AutoCloseable {
  private static final String SERVICE = "FirstService";

  private final URI account;
  private final ServiceGate gate;
  private final ServiceHttp http;
  private final TokenSource tokens;
  private final BooleanSupplier maySend;

  /** The last token that this account answered with success. */
  private final AtomicReference<@Nullable Secret> proven;

  /**
   * @param gate shared by everything in the process that calls FirstService
   */
  public HttpFirstService(Settings.FirstService settings, ServiceGate gate, TokenSource tokens) {
    this(settings, gate, tokens, InstantSource.system());
  }

  HttpFirstService(
      Settings.FirstService settings, ServiceGate gate, TokenSource tokens, InstantSource clock) {
    this.account = URI.create(settings.url() + "/1.1/" + settings.accountId());
    this.gate = gate;
    this.http = new ServiceHttp(SERVICE, settings.gate().callTimeout(), gate, clock);
    this.tokens = tokens;
    this.maySend = HttpCall.ANY_TIME;
    this.proven = new AtomicReference<>();
  }

  private HttpFirstService(HttpFirstService shared, BooleanSupplier maySend) {
    this.account = shared.account;
    this.gate = shared.gate;
    this.http = shared.http;
    this.tokens = shared.tokens;
    this.maySend = maySend;
    this.proven = shared.proven;
  }

  /** Shares everything with this one but the condition; needs no closing of its own. */
  @Override
  public FirstService sendingOnlyWhile(BooleanSupplier condition) {
    BooleanSupplier before = maySend;
    return new HttpFirstService(this, () -> before.getAsBoolean() && condition.getAsBoolean());
  }

  @Override
  public void requireOpen() throws ServiceTrouble {
    gate.requireOpen();
    tokens.requireUsable();
  }

  @Override
  public void admit() throws ServiceTrouble {
    tokens.requireUsable();
    gate.admit();
  }

  @Override
  public Lookup event(EntryId id) throws ServiceTrouble, InterruptedException {
    Reply reply = call(HttpCall.get("event " + id, at("/events/" + id), HttpCall.ANSWER_BYTES));
    if (isGone(reply)) {
      return new Lookup.Gone();
    }
    JsonNode event = success(reply).jsonObject();
    if (LooseJson.whole(event.path("id")).orElse(0) != id.value()) {
      throw reply.answer().trouble(Kind.UNKNOWN, "answered with another event");
    }
    return LooseJson.flag(event.path("deleted"), false)
        ? new Lookup.Gone()
        : new Lookup.Found(event);
  }

  /**
   * A 404 is believed when it is JSON with an error, and when the token and the account are known
   * to work: with a wrong account id everything would be gone.
   */
  private boolean isGone(Reply reply) throws ServiceTrouble, InterruptedException {
    if (reply.answer().status() != 404 || ErrorMessages.of(reply.answer()).isEmpty()) {
      return false;
    }
    if (!reply.token().equals(proven.get())) {
      URI users = at("/users?" + Encoded.query(Map.of("per_page", "1")));
      Reply probe = call(HttpCall.get("probe of the account", users, HttpCall.LIST_BYTES));
      success(probe);
      return probe.token().equals(proven.get());
    }
    return true;
  }

  @Override
  public List<Project> projects() throws ServiceTrouble, InterruptedException {
    return Pages.all(
        "projects",
        Style.NUMBERED,
        Project::id,
        query -> page("projects", query, single(Reading::project)));
  }

  @Override
  public List<Client> clients() throws ServiceTrouble, InterruptedException {
    return Pages.all(
        "clients",
        Style.OFFSET,
        Client::id,
        query -> page("clients", query, single(Reading::client)));
  }

  @Override
  public List<Label> labels() throws ServiceTrouble, InterruptedException {
    return Pages.all(
        "labels", Style.OFFSET, Label::id, query -> page("labels", query, Reading::labels));
  }

  @Override
  public List<User> users() throws ServiceTrouble, InterruptedException {
    return Pages.all(
        "users", Style.NUMBERED, User::id, query -> page("users", query, single(Reading::user)));
  }

  @Override
  public Optional<User> user(long id) throws ServiceTrouble, InterruptedException {
    Reply reply = call(HttpCall.get("user " + id, at("/users/" + id), HttpCall.ANSWER_BYTES));
    if (isGone(reply)) {
      return Optional.empty();
    }
    HttpAnswer answer = success(reply);
    return Optional.of(Reading.user(answer, answer.jsonObject()));
  }

  @Override
  public Client createClient(String name, String externalId)
      throws ServiceTrouble, Refused, InterruptedException {
    return change(
        "client create", "POST", "/clients", "client", client(name, externalId), Reading::client);
  }

  @Override
  public Client updateClient(long id, String name, String externalId)
      throws ServiceTrouble, Refused, InterruptedException {
    return change(
        "client update",
        "PUT",
        "/clients/" + id,
        "client",
        client(name, externalId),
        Reading::client);
  }

  @Override
  public Project createProject(String name, String externalId, long clientId)
      throws ServiceTrouble, Refused, InterruptedException {
    ObjectNode project =
        project(name, externalId, clientId, true)
            .put("rate_type", "project")
            .put("enable_labels", "custom");
    return change("project create", "POST", "/projects", "project", project, Reading::project);
  }

  @Override
  public Project updateProject(
      long id, String name, String externalId, long clientId, boolean active)
      throws ServiceTrouble, Refused, InterruptedException {
    return change(
        "project update",
        "PUT",
        "/projects/" + id,
        "project",
        project(name, externalId, clientId, active),
        Reading::project);
  }

  @Override
  public Project enableLabels(long projectId, Set<Long> labelIds)
      throws ServiceTrouble, Refused, InterruptedException {
    ObjectNode project = JsonNodeFactory.instance.objectNode();
    labelIds.stream().sorted().forEach(project.putArray("label_ids")::add);
    return change(
        "project labels", "PUT", "/projects/" + projectId, "project", project, Reading::project);
  }

  @Override
  public List<Webhook> webhooks() throws ServiceTrouble, InterruptedException {
    return Pages.all(
        "webhooks",
        Style.OFFSET,
        Webhook::id,
        query -> page("webhooks", query, single(Reading::webhook)));
  }

  @Override
  public Webhook createWebhook(String url, List<String> subscriptions, Secret secret)
      throws ServiceTrouble, Refused, InterruptedException {
    ObjectNode webhook = JsonNodeFactory.instance.objectNode().put("url", url);
    subscriptions.forEach(webhook.putArray("subscriptions")::add);
    webhook.put("secret_token", secret.reveal()).put("active", true);
    try {
      return change("webhook create", "POST", "/webhooks", "webhook", webhook, Reading::webhook);
    } catch (Refused refused) { // the service may have said which secret it does not like
      throw new Refused(String.valueOf(refused.getMessage()).replace(secret.reveal(), "***"));
    }
  }

  @Override
  public void deleteWebhook(long id) throws ServiceTrouble, Refused, InterruptedException {
    HttpCall delete =
        new HttpCall(
            "webhook delete",
            "DELETE",
            at("/webhooks/" + id),
            Map.of(),
            null,
            HttpCall.ANSWER_BYTES,
            false,
            maySend);
    Reply reply = call(delete);
    if (!isGone(reply)) {
      requireDone("webhook delete", reply.answer());
    }
  }

  @Override
  public void entries(LocalDate since, LocalDate upto, Consumer<JsonNode> each)
      throws ServiceTrouble, InterruptedException {
    Pages.each(
        "events",
        entry -> LooseJson.whole(entry.path("id")).orElse(0),
        query -> {
          query.put("since", since.toString());
          query.put("upto", upto.toString());
          return page("events", query, (answer, node) -> List.of(node));
        },
        each);
  }

  /** Breaks off every call under way, in all views of this service. */
  @Override
  public void close() {
    http.close();
  }

  private static ObjectNode client(String name, String externalId) {
    return JsonNodeFactory.instance.objectNode().put("name", name).put("external_id", externalId);
  }

  private static ObjectNode project(String name, String externalId, long clientId, boolean active) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("name", name)
        .put("external_id", externalId)
        .put("client_id", clientId)
        .put("active", active);
  }

  private URI at(String pathAndQuery) {
    return URI.create(account + pathAndQuery);
  }

  /** Reads one item of a page, which may stand for several. */
  @FunctionalInterface
  private interface Items<T> {
    List<T> read(HttpAnswer answer, JsonNode node) throws ServiceTrouble;
  }

  private static <T> Items<T> single(Reading.Item<T> item) {
    return (answer, node) -> List.of(item.read(answer, node));
  }

  private <T> Page<T> page(String what, Map<String, String> query, Items<T> items)
      throws ServiceTrouble, InterruptedException {
    URI uri = at("/" + what + "?" + Encoded.query(query));
    HttpAnswer answer = success(call(HttpCall.get(what, uri, HttpCall.LIST_BYTES)));
    JsonNode list =
        answer
            .tryJson()
            .filter(JsonNode::isArray)
            .orElseThrow(() -> answer.trouble(Kind.UNKNOWN, "answered no JSON list"));
    List<T> read = new ArrayList<>();
    for (JsonNode node : list) {
      read.addAll(items.read(answer, node));
    }
    return new Page<>(list.size(), read);
  }

  private <T> T change(
      String what,
      String method,
      String path,
      String wrapper,
      ObjectNode content,
      Reading.Item<T> item)
      throws ServiceTrouble, Refused, InterruptedException {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    body.set(wrapper, content);
    HttpAnswer answer =
        call(HttpCall.send(
                    what, method, at(path), new HttpCall.Body("application/json", body.toString()))
                .sendingOnlyWhile(maySend))
            .answer();
    requireDone(what, answer);
    return item.read(answer, answer.jsonObject());
  }

  private static void requireDone(String what, HttpAnswer answer) throws ServiceTrouble, Refused {
    Optional<String> said = ErrorMessages.of(answer);
    // 408 is no word on the matter: the service, or something before it, lost its patience.
    if (!answer.isSuccess() && answer.status() != 408 && said.isPresent()) {
      throw new Refused("%s %s: HTTP %d: %s".formatted(SERVICE, what, answer.status(), said.get()));
    }
    if (!answer.isSuccess()) {
      throw answer.trouble(Kind.UNKNOWN, "answered with an error status");
    }
  }

  private static HttpAnswer success(Reply reply) throws ServiceTrouble {
    HttpAnswer answer = reply.answer();
    if (!answer.isSuccess()) {
      throw answer.trouble(Kind.UNKNOWN, "answered with an error status");
    }
    return answer;
  }

  /** An answer in JSON (not 401, 429 or 5xx) and the token it was got with. */
  private record Reply(HttpAnswer answer, Secret token) {}

  private Reply call(HttpCall call) throws ServiceTrouble, InterruptedException {
    tokens.requireUsable();
    Secret token = access(null);
    HttpAnswer answer = send(call, token, Ending.Answered::new);
    if (answer.status() == 401) {
      token = access(token);
      answer = send(call, token, Ending.NotKnown::new);
    }
    if (answer.status() == 401) {
      // Without the answer: it may hold what was sent, and this reaches logs and alerts.
      String why =
          "FirstService %s: a fresh token is not accepted either (HTTP 401); log in again: ./timebridge login first-service"
              .formatted(call.what());
      tokens.refused(token, why);
      throw new ServiceTrouble(Kind.CREDENTIALS, why);
    }
    if (answer.isSuccess()) {
      proven.set(token);
      tokens.worked(token);
    }
    return new Reply(answer, token);
  }

  /**
   * @param refused how a 401 counts: a token ends now and then, a fresh one should not
   */
  private HttpAnswer send(
      HttpCall call, Secret token, Function<HttpAnswer, Ending<HttpAnswer>> refused)
      throws ServiceTrouble, InterruptedException {
    return http.call(
        call.withHeader("Authorization", "Bearer " + token.reveal()),
        answer -> {
          if (answer.status() == 429) {
            return new Ending.NotCounted<>(answer.trouble(Kind.NOT_DONE, "too many calls"));
          }
          if (answer.status() >= 500) {
            throw answer.trouble(Kind.UNKNOWN, "answered with an error status");
          }
          return answer.status() == 401 ? refused.apply(answer) : new Ending.Answered<>(answer);
        });
  }

  /** Without a token a call is not sent, so whatever went wrong in getting one, it is not done. */
  private Secret access(@Nullable Secret rejected) throws ServiceTrouble, InterruptedException {
    try {
      return rejected == null ? tokens.access() : tokens.refreshAfter(rejected);
    } catch (ServiceTrouble trouble) {
      if (trouble.kind() != Kind.UNKNOWN) {
        throw trouble;
      }
      throw new ServiceTrouble(
          Kind.NOT_DONE,
          String.valueOf(trouble.getMessage()),
          trouble.retryAfter().orElse(null),
          trouble);
    }
  }
}
