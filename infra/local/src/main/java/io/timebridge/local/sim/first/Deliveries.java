package io.timebridge.local.sim.first;

import io.timebridge.local.sim.first.FirstServiceSim.Sender;
import io.timebridge.local.sim.first.Rows.Webhook;
import io.timebridge.local.sim.first.Signing.Scheme;
import io.timebridge.local.sim.http.Json;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Delivers webhooks. What a delivery says, and everything that will happen to it by chance, is
 * settled at the moment of the change, in the order of the changes: the same seed and the same
 * changes give the same deliveries. Only the times of arrival are free.
 *
 * <p>Deliveries of one entry to one webhook begin in order, unless one is held back (reorder),
 * repeated or retried. Different entries go side by side. A delivery that is held back goes once a
 * drawn number of later ones (1 to 5) has been tried, or after the longest delay.
 *
 * @implNote One virtual thread per delivery; {@code slots} bounds those that send. {@code lock}
 *     guards all non-final fields and the three collections. Only the webhook book's is taken under
 *     it.
 */
final class Deliveries implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Deliveries.class);
  private static final List<Scheme> SCHEMES = List.of(Scheme.values());

  /**
   * What is told.
   *
   * @param path the entity_path of the thin shape
   * @param full the payload of the full shape; a change without one is always told thin
   */
  record Change(String subscription, long entity, String path, Optional<ObjectNode> full) {}

  private record Tail(long webhook, long entity) {}

  private final ReentrantLock lock = new ReentrantLock();
  private final Map<Tail, Delivery> tails = new HashMap<>();
  private final Set<Delivery> held = new HashSet<>();
  private final Map<Long, Integer> failuresInARow = new HashMap<>();
  private DeliverySettings settings = DeliverySettings.defaults();
  private Random random = new Random(settings.seed());
  private long lastNumber;
  private long pending;
  private long delivered;
  private long failed;
  private long lost;

  private final Sender sender;
  private final InstantSource clock;
  private final WebhookBook webhooks;
  private final Semaphore slots;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpClient http;

  Deliveries(Sender sender, InstantSource clock, WebhookBook webhooks) {
    this.sender = sender;
    this.clock = clock;
    this.webhooks = webhooks;
    this.slots = new Semaphore(sender.concurrency(), true);
    this.http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(sender.timeout())
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();
  }

  /** One delivery: fixed content, fixed fate. */
  private static final class Delivery {
    private final long number;
    private final Webhook hook;
    private final long entity;
    private final String messageId;
    private final String body;
    private final Scheme scheme;
    private final long waitMillis;
    private final CountDownLatch laterOnes;
    private final @Nullable Delivery before;
    private final CountDownLatch tried = new CountDownLatch(1);

    Delivery(
        long number,
        Webhook hook,
        long entity,
        String messageId,
        String body,
        Scheme scheme,
        long waitMillis,
        int laterOnes,
        @Nullable Delivery before) {
      this.number = number;
      this.hook = hook;
      this.entity = entity;
      this.messageId = messageId;
      this.body = body;
      this.scheme = scheme;
      this.waitMillis = waitMillis;
      this.laterOnes = new CountDownLatch(laterOnes);
      this.before = before;
    }

    void awaitTurn() throws InterruptedException {
      if (before != null) {
        before.tried.await();
      }
      boolean overtaken = laterOnes.await(waitMillis, TimeUnit.MILLISECONDS);
      LOG.debug("delivery {} goes, overtaken {}", number, overtaken);
    }
  }

  /**
   * Everything that is left to chance for one change and one webhook; always as many draws, so that
   * one does not shift the next.
   */
  private record Fate(
      boolean thin,
      Scheme scheme,
      boolean idAsText,
      boolean lost,
      boolean repeated,
      boolean held,
      int laterOnes,
      long repeatAfterMillis) {}

  private Fate draw() {
    double shape = random.nextDouble();
    Scheme anyScheme = SCHEMES.get(random.nextInt(SCHEMES.size()));
    return new Fate(
        settings.shape().equals("mixed") ? shape < 0.5 : settings.shape().equals("thin"),
        switch (settings.scheme()) {
          case "x-signature-hex" -> Scheme.X_SIGNATURE_HEX;
          case "x-signature-base64" -> Scheme.X_SIGNATURE_BASE64;
          case "standard" -> Scheme.STANDARD;
          default -> anyScheme;
        },
        random.nextDouble() < 0.3,
        random.nextDouble() < settings.lose(),
        random.nextDouble() < settings.duplicate(),
        random.nextDouble() < settings.reorder(),
        random.nextInt(1, 6),
        (long) (random.nextDouble() * settings.maxDelayMillis()));
  }

  /**
   * Plans the deliveries of one change to every webhook that wants it; called in the order of the
   * changes.
   */
  void announce(Change change) {
    lock.lock();
    try {
      for (Webhook hook : webhooks.all()) {
        if (hook.active() && hook.subscriptions().contains(change.subscription())) {
          plan(change, hook);
        }
      }
    } finally {
      lock.unlock();
    }
  }

  private void plan(Change change, Webhook hook) {
    Fate fate = draw();
    long number = ++lastNumber;
    String messageId = "msg_" + number;
    String body = body(change, fate);
    if (fate.lost() && settings.mayLose(hook.url())) {
      lost++;
      return;
    }
    Tail tail = new Tail(hook.id(), change.entity());
    Delivery first =
        new Delivery(
            number,
            hook,
            change.entity(),
            messageId,
            body,
            fate.scheme(),
            fate.held() ? settings.maxDelayMillis() : 0,
            fate.held() ? fate.laterOnes() : 0,
            fate.held() ? null : tails.get(tail));
    if (fate.held()) {
      held.add(first);
    } else {
      tails.put(tail, first);
    }
    begin(first);
    if (fate.repeated()) {
      long wait = fate.repeatAfterMillis();
      begin(
          new Delivery(
              number, hook, change.entity(), messageId, body, fate.scheme(), wait, 1, first));
    }
  }

  private static String body(Change change, Fate fate) {
    ObjectNode body = Json.object();
    if (fate.thin() || change.full().isEmpty()) {
      ObjectNode payload = body.putObject("payload");
      if (fate.idAsText()) {
        payload.put("entity_id", Long.toString(change.entity()));
      } else {
        payload.put("entity_id", change.entity());
      }
      payload.put("entity_path", change.path());
    } else {
      body.set("payload", change.full().get());
    }
    return Json.text(body);
  }

  private void begin(Delivery delivery) {
    pending++;
    threads.execute(() -> deliver(delivery));
  }

  private void deliver(Delivery delivery) {
    boolean arrived = false;
    try {
      delivery.awaitTurn();
      arrived = attempts(delivery);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      tried(delivery);
      done(arrived);
    }
  }

  private boolean attempts(Delivery delivery) throws InterruptedException {
    for (int attempt = 1; webhooks.isOn(delivery.hook.id()); attempt++) {
      boolean arrived = attempt(delivery);
      tried(delivery);
      if (tooManyFailures(delivery.hook.id(), arrived)) {
        LOG.warn("webhook {} is switched off after too many failures", delivery.hook.id());
        webhooks.switchOff(delivery.hook.id());
      }
      if (arrived || attempt >= sender.attempts()) {
        return arrived;
      }
      Thread.sleep(sender.retryBase().multipliedBy(1L << Math.min(attempt - 1, 20)));
    }
    return false;
  }

  private boolean attempt(Delivery delivery) throws InterruptedException {
    slots.acquire();
    try {
      return send(delivery);
    } finally {
      slots.release();
    }
  }

  private boolean send(Delivery delivery) throws InterruptedException {
    Duration timeout = sender.timeout();
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(delivery.hook.url()))
            .timeout(timeout)
            .header("Content-Type", "application/json")
            .header("User-Agent", "FirstService-Webhooks/1.1")
            .POST(BodyPublishers.ofString(delivery.body));
    Signing.headers(
            delivery.scheme,
            delivery.hook.secretToken(),
            delivery.messageId,
            clock.instant().getEpochSecond(),
            delivery.body)
        .forEach(request::header);
    CompletableFuture<HttpResponse<Void>> answer =
        http.sendAsync(request.build(), BodyHandlers.discarding());
    try {
      int status = answer.get(timeout.toMillis(), TimeUnit.MILLISECONDS).statusCode();
      return status / 100 == 2;
    } catch (ExecutionException | TimeoutException e) {
      answer.cancel(true);
      LOG.debug("delivery {} failed: {}", delivery.number, e.toString());
      return false;
    }
  }

  private boolean tooManyFailures(long webhook, boolean arrived) {
    lock.lock();
    try {
      int inARow = arrived ? 0 : failuresInARow.getOrDefault(webhook, 0) + 1;
      failuresInARow.put(webhook, inARow);
      return inARow == sender.switchOffAfter();
    } finally {
      lock.unlock();
    }
  }

  /**
   * The first attempt is over: the next delivery of this entry may go, and those held back are one
   * nearer.
   */
  private void tried(Delivery delivery) {
    lock.lock();
    try {
      if (delivery.tried.getCount() == 0) {
        return;
      }
      delivery.tried.countDown();
      tails.remove(new Tail(delivery.hook.id(), delivery.entity), delivery);
      held.remove(delivery);
      held.stream()
          .filter(it -> it.hook.id() == delivery.hook.id() && it.number < delivery.number)
          .forEach(it -> it.laterOnes.countDown());
    } finally {
      lock.unlock();
    }
  }

  private void done(boolean arrived) {
    lock.lock();
    try {
      pending--;
      if (arrived) {
        delivered++;
      } else {
        failed++;
      }
    } finally {
      lock.unlock();
    }
  }

  /** Takes the fields that are given; the draws begin anew from the seed. */
  ObjectNode settings(JsonNode body) {
    lock.lock();
    try {
      settings = settings.with(body);
      random = new Random(settings.seed());
    } finally {
      lock.unlock();
    }
    return json();
  }

  /**
   * The settings and the counts; {@code pending} is 0 only when nothing is to be sent or retried
   * any more.
   */
  ObjectNode json() {
    lock.lock();
    try {
      return settings
          .json()
          .put("pending", pending)
          .put("delivered", delivered)
          .put("failed", failed)
          .put("lost", lost);
    } finally {
      lock.unlock();
    }
  }

  /** Stops at once. */
  @Override
  public void close() {
    threads.shutdownNow();
    http.shutdownNow();
    try {
      if (!threads.awaitTermination(5, TimeUnit.SECONDS)) {
        LOG.warn("some deliveries did not end within 5 s");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
