package io.timebridge.local.aws;

import io.timebridge.local.aws.LoopbackServer.Answer;
import io.timebridge.local.aws.LoopbackServer.Ask;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What was published and how its delivery goes, as JSON, beside the API. Thread-safe. */
final class SnsAdmin implements LoopbackServer.Handler {
  static final String PATH = "/__admin/";

  private final SnsTopics topics;
  private final JsonMapper json;

  SnsAdmin(SnsTopics topics, JsonMapper json) {
    this.topics = topics;
    this.json = json;
  }

  @Override
  public Answer handle(Ask ask) {
    if (!ask.method().equals("GET")) {
      return answer(405, json.createObjectNode().put("error", "only GET"));
    }
    return switch (ask.path()) {
      case "/__admin/messages" -> messages(ask);
      case "/__admin/subscriptions" -> answer(200, subscriptions());
      default ->
          answer(
              404,
              json.createObjectNode()
                  .put("error", "here are /__admin/messages?after=N and /__admin/subscriptions"));
    };
  }

  private Answer messages(Ask ask) {
    String query = Optional.ofNullable(ask.uri().getQuery()).orElse("");
    Optional<String> after =
        Arrays.stream(query.split("&", -1))
            .filter(p -> p.startsWith("after="))
            .map(p -> p.substring("after=".length()))
            .findFirst();
    if (after.isPresent() && !after.get().matches("[0-9]{1,18}")) {
      return answer(
          400,
          json.createObjectNode().put("error", "after is a message number, not " + after.get()));
    }
    List<SnsMessage> published = topics.published(after.map(Long::parseLong).orElse(0L));
    ObjectNode node = json.createObjectNode();
    ArrayNode list = node.putArray("messages");
    published.forEach(message -> list.add(write(message)));
    node.put(
        "last",
        published.isEmpty() ? after.map(Long::parseLong).orElse(0L) : published.getLast().number());
    return answer(200, node);
  }

  private ObjectNode write(SnsMessage message) {
    ObjectNode node =
        json.createObjectNode()
            .put("n", message.number())
            .put("id", message.id())
            .put("topic", message.topicArn())
            .put("at", Timestamps.millis(message.at()))
            .put("subject", message.subject().orElse(""))
            .put("message", message.text());
    ObjectNode attributes = node.putObject("attributes");
    message.attributes().forEach((name, attribute) -> attributes.put(name, attribute.value()));
    return node;
  }

  private ObjectNode subscriptions() {
    ObjectNode node = json.createObjectNode();
    ArrayNode list = node.putArray("subscriptions");
    for (SnsDelivery delivery : topics.subscriptions(Optional.empty())) {
      list.addObject()
          .put("arn", delivery.subscription().arn())
          .put("endpoint", delivery.subscription().endpoint())
          .put("delivered", delivery.delivered())
          .put("failed", delivery.failed())
          .put("dropped", delivery.dropped());
    }
    return node;
  }

  private Answer answer(int status, ObjectNode node) {
    return Answer.of(status, "application/json", json.writeValueAsString(node));
  }
}
