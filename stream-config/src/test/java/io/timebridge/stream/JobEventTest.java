package io.timebridge.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JobEventTest {
  private static final long SEED = 7;
  private static final JobEvent.Job JOB =
      new JobEvent.Job(
          "moved", 3, 5001, "WEB-1", "O'Neil & \"Sons\"\n🚀", 1001, "ACM", "Acme\u0000", true);
  private static final JobEvent.Client CLIENT = new JobEvent.Client("renamed", 4, 1001, "", "Acme");

  @Test
  void reads_back_what_it_wrote() {
    assertThat(JobEvent.decode(JOB.encode())).contains(JOB);
    assertThat(JobEvent.decode(CLIENT.encode())).contains(CLIENT);
  }

  @Test
  void has_the_key_of_its_subject() {
    assertThat(JOB.key()).isEqualTo("job-5001");
    assertThat(CLIENT.key()).isEqualTo("client-1001");
  }

  @Test
  void ignores_fields_it_does_not_know() {
    String json = new String(CLIENT.encode(), UTF_8).replaceFirst("\\{", "{\"new\":[1],");
    assertThat(JobEvent.decode(json.getBytes(UTF_8))).contains(CLIENT);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{}",
        "[]",
        "null",
        "x",
        "{\"type\":\"job\"}",
        "{\"type\":\"other\"}",
        "{\"type\":{}}",
        "{\"type\":\"client\",\"change\":1,\"epoch\":1,\"id\":1,\"code\":\"\",\"name\":\"\"}",
        "{\"type\":\"client\",\"change\":\"c\",\"epoch\":\"1\",\"id\":1,\"code\":\"\",\"name\":\"\"}",
        "{\"type\":\"client\",\"change\":\"c\",\"epoch\":1,\"id\":1.5,\"code\":\"\",\"name\":\"\"}",
        "{\"type\":\"client\",\"change\":\"c\",\"epoch\":1,\"id\":1e400,\"code\":\"\",\"name\":\"\"}",
        "{\"type\":\"client\",\"change\":\"c\",\"epoch\":1,\"id\":99999999999999999999,\"code\":\"\",\"name\":\"\"}",
        "{\"type\":\"client\",\"change\":\"c\",\"epoch\":1,\"id\":1,\"code\":null,\"name\":\"\"}",
        "{\"type\":\"client\",\"change\":\"c\",\"epoch\":1,\"id\":1,\"code\":\"\"}"
      })
  void reads_nothing_else(String json) {
    assertThat(JobEvent.decode(json.getBytes(UTF_8))).isEmpty();
  }

  @Test
  void never_throws_whatever_it_is_given() {
    Random random = new Random(SEED);
    byte[] json = "{}[]\",:0123456789eE+-.truefalsn\\u/\u0000 ".getBytes(UTF_8);
    for (int round = 0; round < 30_000; round++) {
      byte[] bad = (random.nextBoolean() ? JOB : CLIENT).encode();
      for (int i = 0; i <= random.nextInt(4); i++) {
        bad[random.nextInt(bad.length)] = json[random.nextInt(json.length)];
      }
      assertThatCode(() -> JobEvent.decode(bad))
          .as("seed %d, round %d: %s", SEED, round, new String(bad, UTF_8))
          .doesNotThrowAnyException();
    }
  }
}
