package io.timebridge.ingest.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.timebridge.ingest.gateway.GatewayUnderTest.Answer;
import io.timebridge.stream.Envelope;
import io.timebridge.stream.WebhookVector;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The gateway and the vectors that API Gateway's template and the worker are tested with too. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WebhookVectorsTest {
  private GatewayUnderTest tested;

  static List<WebhookVector> vectors() {
    return WebhookVector.all();
  }

  @BeforeAll
  void start() {
    tested = new GatewayUnderTest();
  }

  @AfterAll
  void stop() {
    tested.close();
  }

  @BeforeEach
  void forget() {
    tested.publisher.submitted.clear();
  }

  @ParameterizedTest
  @MethodSource("vectors")
  void makes_of_every_vector_what_it_says(WebhookVector vector) throws Exception {
    HttpRequest.Builder request =
        tested.request("/timesheet-update").POST(BodyPublishers.ofByteArray(vector.body()));
    if (!vector.contentType().isEmpty()) {
      request.header("Content-Type", vector.contentType());
    }
    vector.headers().forEach(request::header);

    Answer answer = tested.send(request);

    if (!vector.acceptedAtGateway()) {
      assertThat(answer.code()).as("%s", answer.body()).isEqualTo(vector.gateway());
      assertThat(tested.publisher.submitted).isEmpty();
      return;
    }
    assertThat(answer.status()).as("%s", answer.body()).isEqualTo(202);
    Envelope envelope = tested.publisher.submitted.getFirst().envelope();
    assertThat(envelope.key()).isEqualTo(vector.key());
    assertThat(envelope.body()).isEqualTo(vector.body());
    assertThat(envelope.headers()).isEqualTo(vector.keptHeaders());
    assertThat(envelope.trace()).isEqualTo(vector.trace().orElse(null));
  }
}
