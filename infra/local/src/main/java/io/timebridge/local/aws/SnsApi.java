package io.timebridge.local.aws;

import io.timebridge.local.aws.LoopbackServer.Answer;
import io.timebridge.local.aws.LoopbackServer.Ask;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import tools.jackson.databind.json.JsonMapper;

/** SNS in AWS's Query protocol: forms in, XML out. Thread-safe. */
final class SnsApi implements LoopbackServer.Handler {
  private static final String NAMESPACE = "http://sns.amazonaws.com/doc/2010-03-31/";
  private static final int PAGE = 100;
  private static final int MAX_BATCH = 10;

  private static final Set<String> TOPIC_ATTRIBUTES =
      Set.of(
          "DisplayName",
          "Policy",
          "DeliveryPolicy",
          "KmsMasterKeyId",
          "SignatureVersion",
          "TracingConfig");

  private final SnsTopics topics;
  private final String arnPrefix;
  private final JsonMapper json;
  private final InstantSource clock;
  private final Function<SnsSubscription, SnsDelivery> deliveries;

  SnsApi(
      SnsTopics topics,
      String region,
      JsonMapper json,
      InstantSource clock,
      Function<SnsSubscription, SnsDelivery> deliveries) {
    this.topics = topics;
    this.arnPrefix = "arn:aws:sns:" + region + ":" + LocalAws.ACCOUNT + ":";
    this.json = json;
    this.clock = clock;
    this.deliveries = deliveries;
  }

  @Override
  public Answer handle(Ask ask) {
    String requestId = UUID.randomUUID().toString();
    try {
      FormBody form =
          FormBody.parse(
              ask.method().equals("GET")
                  ? Optional.ofNullable(ask.uri().getRawQuery()).orElse("")
                  : ask.text());
      String action = form.get("Action").orElse("");
      Xml xml =
          root(action + "Response")
              .begin(action + "Result")
              .append(call(action, form))
              .end(action + "Result")
              .begin("ResponseMetadata")
              .element("RequestId", requestId)
              .end("ResponseMetadata")
              .end(action + "Response");
      return Answer.of(200, "text/xml", xml.toString());
    } catch (ServiceError e) {
      Xml xml =
          root("ErrorResponse")
              .begin("Error")
              .element("Type", "Sender")
              .element("Code", e.code())
              .element("Message", e.text())
              .end("Error")
              .element("RequestId", requestId)
              .end("ErrorResponse");
      return Answer.of(e.status(), "text/xml", xml.toString());
    }
  }

  private static Xml root(String name) {
    return new Xml().begin(name + " xmlns=\"" + NAMESPACE + "\"");
  }

  private Xml call(String action, FormBody form) {
    return switch (action) {
      case "CreateTopic" -> createTopic(form);
      case "DeleteTopic" -> {
        topics.delete(form.need("TopicArn"));
        yield new Xml();
      }
      case "ListTopics" ->
          page("Topics", topics.arns(), form, arn -> new Xml().element("TopicArn", arn));
      case "GetTopicAttributes" ->
          new Xml().map("Attributes", topics.attributes(form.need("TopicArn")));
      case "SetTopicAttributes" -> {
        String name = known(form.need("AttributeName"));
        topics.setAttribute(form.need("TopicArn"), name, form.get("AttributeValue").orElse(""));
        yield new Xml();
      }
      case "Subscribe" -> subscribe(form);
      case "Unsubscribe" -> {
        topics.unsubscribe(form.need("SubscriptionArn"));
        yield new Xml();
      }
      case "ListSubscriptions" ->
          page("Subscriptions", topics.subscriptions(Optional.empty()), form, SnsApi::listed);
      case "ListSubscriptionsByTopic" ->
          page(
              "Subscriptions",
              topics.subscriptions(Optional.of(form.need("TopicArn"))),
              form,
              SnsApi::listed);
      case "Publish" -> publish(form);
      case "PublishBatch" -> publishBatch(form);
      default -> throw ServiceError.of("InvalidAction", "not offered locally: " + action);
    };
  }

  private Xml createTopic(FormBody form) {
    String arn = arnPrefix + SnsRequest.topicName(form);
    Map<String, String> attributes = form.map("Attributes");
    attributes.keySet().forEach(SnsApi::known);
    topics.create(arn, attributes);
    return new Xml().element("TopicArn", arn);
  }

  private static String known(String attribute) {
    if (!TOPIC_ATTRIBUTES.contains(attribute)) {
      throw SnsRequest.invalid("AttributeName", attribute + " is not offered locally");
    }
    return attribute;
  }

  private Xml subscribe(FormBody form) {
    String protocol = form.need("Protocol");
    String endpoint = SnsRequest.endpoint(protocol, form.need("Endpoint"));
    Optional<Boolean> raw = SnsRequest.raw(form.map("Attributes"));
    return new Xml()
        .element(
            "SubscriptionArn",
            topics.subscribe(form.need("TopicArn"), protocol, endpoint, raw, deliveries));
  }

  private static Xml listed(SnsDelivery delivery) {
    SnsSubscription subscription = delivery.subscription();
    return new Xml()
        .element("SubscriptionArn", subscription.arn())
        .element("Owner", LocalAws.ACCOUNT)
        .element("Protocol", subscription.protocol())
        .element("Endpoint", subscription.endpoint())
        .element("TopicArn", subscription.topicArn());
  }

  /** A page of a list; the token is the position of the next one. */
  private static <T> Xml page(String name, List<T> all, FormBody form, Function<T, Xml> member) {
    int from = 0;
    Optional<String> token = form.get("NextToken").filter(t -> !t.isEmpty());
    if (token.isPresent()) {
      if (!token.get().matches("[0-9]{1,9}")) {
        throw SnsRequest.invalid("NextToken", "not a token of this list");
      }
      from = Math.min(Integer.parseInt(token.get()), all.size());
    }
    int to = Math.min(from + PAGE, all.size());
    Xml xml = new Xml().members(name, all.subList(from, to).stream().map(member).toList());
    return to < all.size() ? xml.element("NextToken", String.valueOf(to)) : xml;
  }

  private Xml publish(FormBody form) {
    return new Xml().element("MessageId", publish(SnsRequest.target(form), draft(form)).id());
  }

  /** A message that was checked and waits for its number. */
  private record Draft(
      Optional<String> subject,
      String text,
      Map<String, String> byProtocol,
      Map<String, SnsMessage.Attribute> attributes) {
    int size() {
      return SnsRequest.size(text, attributes);
    }
  }

  private Draft draft(FormBody form) {
    String message = form.need("Message");
    if (message.isEmpty()) {
      throw SnsRequest.invalid("Message", "Empty message");
    }
    Map<String, String> byProtocol = SnsRequest.byProtocol(json, form, message);
    Draft draft =
        new Draft(
            SnsRequest.subject(form),
            byProtocol.getOrDefault("default", message),
            byProtocol,
            SnsRequest.attributes(form));
    if (SnsRequest.size(message, draft.attributes()) > SnsRequest.MAX_MESSAGE_BYTES) {
      throw SnsRequest.invalid("Message", "Message too long");
    }
    return draft;
  }

  private SnsMessage publish(String topicArn, Draft draft) {
    return topics.publish(
        topicArn,
        number ->
            new SnsMessage(
                number,
                UUID.randomUUID().toString(),
                topicArn,
                clock.instant(),
                draft.subject(),
                draft.text(),
                draft.byProtocol(),
                draft.attributes()));
  }

  private Xml publishBatch(FormBody form) {
    String topicArn = form.need("TopicArn");
    topics.attributes(topicArn); // no such topic: the whole call fails, not each entry
    Map<String, Draft> drafts = new LinkedHashMap<>();
    List<Xml> failed = new ArrayList<>();
    for (FormBody entry : batch(form)) {
      String id = entry.need("Id");
      try {
        drafts.put(id, draft(entry));
      } catch (ServiceError e) {
        failed.add(
            new Xml()
                .element("Id", id)
                .element("Code", e.code())
                .element("Message", e.text())
                .element("SenderFault", "true"));
      }
    }
    if (drafts.values().stream().mapToInt(Draft::size).sum() > SnsRequest.MAX_MESSAGE_BYTES) {
      throw ServiceError.of("BatchRequestTooLong", "The batch is longer than 256 KiB.");
    }
    List<Xml> successful = new ArrayList<>();
    drafts.forEach((id, draft) ->
        successful.add(
            new Xml().element("Id", id).element("MessageId", publish(topicArn, draft).id())));
    return new Xml().members("Successful", successful).members("Failed", failed);
  }

  /** The entries of a batch, refused as a whole where SNS refuses the whole. */
  private static List<FormBody> batch(FormBody form) {
    List<FormBody> entries = form.members("PublishBatchRequestEntries.member");
    if (entries.isEmpty()) {
      throw ServiceError.of("EmptyBatchRequest", "The batch request doesn't contain any entries.");
    }
    if (entries.size() > MAX_BATCH) {
      throw ServiceError.of(
          "TooManyEntriesInBatchRequest", "The batch has more than " + MAX_BATCH + " entries.");
    }
    Set<String> ids = new HashSet<>();
    for (FormBody entry : entries) {
      String id = entry.need("Id");
      if (!id.matches("[A-Za-z0-9_-]{1,80}")) {
        throw ServiceError.of("InvalidBatchEntryId", "1 to 80 letters, digits, _ and -: " + id);
      }
      if (!ids.add(id)) {
        throw ServiceError.of("BatchEntryIdsNotDistinct", "Two entries have the id " + id + ".");
      }
    }
    return entries;
  }
}
