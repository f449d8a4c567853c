package io.timebridge.local.sim.first;

import io.timebridge.local.net.Listen;
import io.timebridge.local.sim.first.Rows.Webhook;
import io.timebridge.local.sim.http.Json;
import io.timebridge.local.sim.http.Ledger;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The registered webhooks.
 *
 * @implNote {@code lock} guards {@code webhooks} and {@code lastId}; the ledger's lock is the only
 *     one taken under it.
 */
final class WebhookBook {
  private static final Set<String> LOOPBACK = Set.of("127.0.0.1", "localhost", "[::1]");

  private final ReentrantLock lock = new ReentrantLock();
  private final TreeMap<Long, Webhook> webhooks = new TreeMap<>();
  private final Ledger ledger;
  private final Listen listen;
  private long lastId = 50;

  WebhookBook(Ledger ledger, Listen listen) {
    this.ledger = ledger;
    this.listen = listen;
  }

  private <T> T locked(Supplier<T> work) {
    lock.lock();
    try {
      return work.get();
    } finally {
      lock.unlock();
    }
  }

  Saved create(JsonNode body) {
    return locked(() -> {
      Fields fields = new Fields(body);
      Webhook hook = read(fields);
      if (!fields.errors().isEmpty()) {
        return new Saved.Invalid(fields.errors());
      }
      lastId++;
      webhooks.put(hook.id(), hook);
      ledger.append("webhook.create", Json.object().put("id", hook.id()), hook.json());
      return new Saved.Done(hook.json());
    });
  }

  private Webhook read(Fields fields) {
    Webhook hook =
        new Webhook(
            lastId + 1,
            fields.name("url", null),
            fields.names("subscriptions"),
            fields.name("secret_token", null),
            fields.flag("active", true));
    if (!hook.url().isEmpty() && !isAllowed(hook.url())) {
      fields.wrong("url", "must be https");
    }
    if (!Signing.isUsable(hook.secretToken())) {
      fields.wrong("secret_token", "is not base64 after whsec_");
    }
    return hook;
  }

  /**
   * https anywhere; http, which the real service does not allow at all, on loopback, and among
   * containers.
   */
  private boolean isAllowed(String url) {
    try {
      URI uri = URI.create(url);
      String host = uri.getHost();
      return host != null
          && ("https".equals(uri.getScheme())
              || ("http".equals(uri.getScheme())
                  && (listen == Listen.EVERYWHERE || LOOPBACK.contains(host))));
    } catch (IllegalArgumentException e) {
      return false; // not a URL: the caller's mistake, told as 422
    }
  }

  /** Whether there was such a webhook. */
  boolean delete(long id) {
    return locked(() -> {
      Optional<Webhook> hook = Optional.ofNullable(webhooks.remove(id));
      hook.ifPresent(it -> ledger.append("webhook.delete", Json.object().put("id", id), it.json()));
      return hook.isPresent();
    });
  }

  List<Webhook> all() {
    return locked(() -> List.copyOf(webhooks.values()));
  }

  List<ObjectNode> json() {
    return all().stream().map(Webhook::json).toList();
  }

  boolean isOn(long id) {
    return locked(() -> Optional.ofNullable(webhooks.get(id)).filter(Webhook::active).isPresent());
  }

  void switchOff(long id) {
    lock.lock();
    try {
      webhooks.computeIfPresent(id, (key, hook) -> hook.switchedOff());
    } finally {
      lock.unlock();
    }
  }
}
