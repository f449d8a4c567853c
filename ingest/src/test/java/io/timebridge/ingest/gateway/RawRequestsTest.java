package io.timebridge.ingest.gateway;

import static io.timebridge.ingest.gateway.GatewayUnderTest.THIN;
import static io.timebridge.ingest.gateway.GatewayUnderTest.ascii;
import static io.timebridge.ingest.gateway.GatewayUnderTest.readAnswer;
import static org.assertj.core.api.Assertions.assertThat;

import io.timebridge.signature.WebhookSignatures;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What no HTTP client would send, over sockets. */
class RawRequestsTest {
  private final GatewayUnderTest tested = new GatewayUnderTest();

  @AfterEach
  void close() {
    tested.close();
  }

  private static String head(byte[] signedBody, String... more) {
    return "POST /timesheet-update HTTP/1.1\r\nHost: localhost\r\nX-Signature: "
        + WebhookSignatures.sign(GatewayUnderTest.SECRET, signedBody)
        + "\r\n"
        + String.join("", more)
        + "\r\n";
  }

  private static String length(byte[] body) {
    return "Content-Length: " + body.length + "\r\n";
  }

  @Test
  void takes_a_missing_content_type_for_json() throws IOException {
    byte[] body = ascii(THIN);

    assertThat(tested.raw(ascii(head(body, length(body))), body)).startsWith("HTTP/1.1 202");
  }

  @Test
  void refuses_nul_bytes_in_a_signed_body() throws IOException {
    byte[] body = ascii("{\"payload\":{\"id\":1}}\0");

    String answer = tested.raw(ascii(head(body, length(body))), body);

    assertThat(answer).startsWith("HTTP/1.1 400").contains("\"field\":\"body\"").contains("NUL");
    assertThat(tested.publisher.submitted).isEmpty();
  }

  @Test
  void refuses_an_oversize_body_in_many_small_chunks_and_in_a_single_one() throws IOException {
    String chunk = "400\r\n" + "x".repeat(1024) + "\r\n";
    byte[] small = ascii(chunk.repeat(65) + "0\r\n\r\n");
    byte[] large = ascii("10400\r\n" + "x".repeat(0x10400) + "\r\n0\r\n\r\n");
    for (byte[] body : new byte[][] {small, large}) {
      String answer = tested.raw(ascii(head(new byte[0], "Transfer-Encoding: chunked\r\n")), body);

      assertThat(answer).startsWith("HTTP/1.1 413").contains("too_large");
    }
    assertThat(tested.publisher.submitted).isEmpty();
  }

  @Test
  void cuts_off_a_chunk_that_announces_far_too_much() throws IOException {
    String answer =
        tested.raw(
            ascii(head(new byte[0], "Transfer-Encoding: chunked\r\n")), ascii("7fffffff\r\nxx"));

    assertThat(answer).startsWith("HTTP/1.1 413").contains("too_large");
  }

  @Test
  void answers_413_at_once_when_the_sender_waits_for_a_go_ahead() throws IOException {
    String answer =
        tested.raw(ascii(head(new byte[0], "Content-Length: 70000\r\nExpect: 100-continue\r\n")));

    assertThat(answer).startsWith("HTTP/1.1 413").containsIgnoringCase("connection: close");
  }

  @Test
  void gives_the_go_ahead_to_a_body_that_fits() throws IOException {
    byte[] body = ascii(THIN);
    try (Socket socket = tested.connect()) {
      OutputStream out = socket.getOutputStream();
      out.write(ascii(head(body, length(body), "Expect: 100-continue\r\n")));
      out.flush();
      assertThat(readAnswer(socket.getInputStream())).startsWith("HTTP/1.1 100");
      out.write(body);
      out.flush();
      assertThat(readAnswer(socket.getInputStream())).startsWith("HTTP/1.1 202");
    }
  }

  @Test
  void refuses_two_framings_at_once() throws IOException {
    byte[] body = ascii(THIN);

    String answer =
        tested.raw(ascii(head(body, length(body), "Transfer-Encoding: chunked\r\n")), body);

    assertThat(answer).startsWith("HTTP/1.1 400").contains("\"code\":\"bad_request\"");
    assertThat(tested.publisher.submitted).isEmpty();
  }

  @Test
  void refuses_headers_without_end_and_what_is_no_http() throws IOException {
    String endless = "X-Long: " + "x".repeat(20_000) + "\r\n";

    assertThat(tested.raw(ascii(head(new byte[0], endless))))
        .startsWith("HTTP/1.1 400")
        .contains("bad_request");
    assertThat(tested.raw(ascii("POST /timesheet-update HTTP/1.1\r\nHost a b\r\n\r\n")))
        .startsWith("HTTP/1.1 400");
    assertThat(tested.publisher.submitted).isEmpty();
  }

  @Test
  void uses_a_connection_on_after_a_refusal() throws IOException {
    byte[] body = ascii(THIN);
    try (Socket socket = tested.connect()) {
      OutputStream out = socket.getOutputStream();
      out.write(ascii("POST /nowhere HTTP/1.1\r\nHost: localhost\r\n" + length(body) + "\r\n"));
      out.write(body);
      out.write(ascii(head(body, length(body))));
      out.write(body);
      out.flush();

      assertThat(readAnswer(socket.getInputStream())).startsWith("HTTP/1.1 404");
      assertThat(readAnswer(socket.getInputStream())).startsWith("HTTP/1.1 202");
    }
  }

  @Test
  void ends_a_connection_whose_request_does_not_come_to_an_end() throws IOException {
    try (GatewayUnderTest impatient = new GatewayUnderTest(16, Duration.ofMillis(300))) {
      byte[] body = ascii(THIN);
      for (String begun :
          new String[] {
            "POST /timesheet-update HTTP/1.1\r\nHost: loc",
            head(body, length(body)) + THIN.substring(0, 5),
            head(body, "Transfer-Encoding: chunked\r\n") + "1000\r\nx"
          }) {
        assertThat(impatient.raw(ascii(begun))).isEmpty();
      }
      assertThat(impatient.publisher.submitted).isEmpty();
      assertThat(impatient.raw(ascii(head(body, length(body))), body)).startsWith("HTTP/1.1 202");
    }
  }
}
