package io.timebridge.ops;

import static io.timebridge.ops.PageUnderTest.TOKEN;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Tokens that are tried out, from one address and from many. */
class WrongTokensTest {
  private static final int ADDRESSES = Sessions.MOST_WRONG_OF_ALL / Sessions.MOST_WRONG;

  private final PageUnderTest tested = new PageUnderTest();
  private final InetAddress one = InetAddress.ofLiteral("127.0.0.2");
  private final InetAddress other = InetAddress.ofLiteral("127.0.0.3");

  @AfterEach
  void stop() {
    tested.close();
  }

  /** The status of a login. */
  private int login(InetAddress from, String token, String... headers) throws IOException {
    String form = Browser.encoded(Map.of("token", token));
    return status(
        tested.raw(
            from,
            "POST /login HTTP/1.1\r\nHost: localhost\r\n"
                + "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: "
                + form.length()
                + "\r\n"
                + String.join("", headers)
                + "\r\n"
                + form));
  }

  /** The status of a program's request. */
  private int call(InetAddress from, String token) throws IOException {
    return status(
        tested.raw(
            from,
            "GET /data/lag?app=timesheets HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
                + token
                + "\r\n\r\n"));
  }

  private static int status(String answer) {
    return Integer.parseInt(answer.split(" ", 3)[1]);
  }

  private void tryOut(InetAddress from) throws IOException {
    for (int i = 0; i < Sessions.MOST_WRONG; i++) {
      assertThat(login(from, "wrong" + i)).isEqualTo(401);
    }
  }

  @Test
  void after_ten_of_one_address_no_more_of_it_are_looked_at_and_those_of_others_are()
      throws Exception {
    tested.open(TOKEN);
    tryOut(one);
    assertThat(login(one, TOKEN)).isEqualTo(429);
    assertThat(call(one, TOKEN)).isEqualTo(429);
    assertThat(login(other, "wrong")).isEqualTo(401);
    assertThat(login(other, TOKEN)).isEqualTo(303);
    assertThat(call(other, TOKEN)).isEqualTo(200);
  }

  @Test
  void those_of_logins_and_of_programs_count_together() throws Exception {
    tested.open(TOKEN);
    for (int i = 0; i < Sessions.MOST_WRONG; i++) {
      assertThat(i % 2 == 0 ? call(one, "wrong") : login(one, "wrong")).isEqualTo(401);
    }
    assertThat(login(one, TOKEN)).isEqualTo(429);
    assertThat(call(one, TOKEN)).isEqualTo(429);
  }

  @Test
  void right_ones_do_not_count() throws Exception {
    tested.open(TOKEN);
    for (int i = 0; i <= Sessions.MOST_WRONG; i++) {
      assertThat(call(one, TOKEN)).isEqualTo(200);
      assertThat(login(one, TOKEN)).isEqualTo(303);
    }
  }

  /** Who could name another address with each try, could try for ever. */
  @Test
  void a_proxys_address_stands_for_all_behind_it_whatever_it_says_of_them() throws Exception {
    tested.open(TOKEN);
    for (int i = 0; i < Sessions.MOST_WRONG; i++) {
      assertThat(login(one, "wrong", forwarded(i))).isEqualTo(401);
    }
    assertThat(login(one, TOKEN, forwarded(99))).isEqualTo(429);
    assertThat(login(other, TOKEN, forwarded(0))).isEqualTo(303);
  }

  private static String forwarded(int client) {
    return "X-Forwarded-For: 192.0.2.%1$d\r\nForwarded: for=192.0.2.%1$d\r\nX-Real-IP: 192.0.2.%1$d\r\n"
        .formatted(client);
  }

  @Test
  void end_no_session_of_their_address() throws Exception {
    Browser person = tested.open(TOKEN);
    person.logIn(TOKEN);
    tryOut(InetAddress.ofLiteral("127.0.0.1"));
    assertThat(person.logIn(TOKEN).statusCode()).isEqualTo(429);
    assertThat(person.get("/alerts").body()).contains("Log out");
  }

  @Test
  void after_a_thousand_of_all_together_none_is_looked_at() throws Exception {
    tested.open(TOKEN);
    for (int i = 1; i <= ADDRESSES; i++) {
      assertThat(login(one, TOKEN)).isEqualTo(303);
      tryOut(InetAddress.ofLiteral("127.0.1." + i));
    }
    assertThat(login(one, TOKEN)).isEqualTo(429);
  }

  @Test
  void all_addresses_of_an_ipv6_network_are_one_senders() {
    assertThat(network("2001:db8:0:1::1"))
        .isEqualTo(network("2001:db8:0:1:ffff::2"))
        .isNotEqualTo(network("2001:db8:0:2::1"));
    assertThat(network("192.0.2.1"))
        .isEqualTo(network("::ffff:192.0.2.1"))
        .isNotEqualTo(network("192.0.2.2"));
  }

  private static String network(String address) {
    return Sender.network(InetAddress.ofLiteral(address));
  }
}
