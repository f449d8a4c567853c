package io.timebridge.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.timebridge.doctor.Finding.Well;
import io.timebridge.doctor.Finding.Wrong;
import io.timebridge.services.ServiceTrouble;
import io.timebridge.services.ServiceTrouble.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.services.sqs.model.SqsException;

/** All checks at once, none of which can hold up or spoil another. */
class ExaminationTest {
  private static final Duration LONG = Duration.ofSeconds(30);

  private static Check check(String name, Check.Look look) {
    return new Check(name, "fix of " + name, look);
  }

  private static List<Examined> examine(Duration atMost, Check... checks)
      throws InterruptedException {
    return new Examination(atMost).make(List.of(checks), told -> {});
  }

  @Test
  void one_that_hangs_is_told_interrupted_and_holds_up_no_other() throws Exception {
    CountDownLatch interrupted = new CountDownLatch(1);
    CountDownLatch never = new CountDownLatch(1);
    List<Examined> all =
        examine(
            Duration.ofMillis(200),
            check(
                "hangs",
                () -> {
                  try {
                    never.await();
                  } catch (InterruptedException end) {
                    interrupted.countDown();
                    throw end;
                  }
                  return List.of();
                }),
            check("well", () -> List.of(new Well("all"))));
    assertThat(all)
        .containsExactly(
            new Examined("hangs", List.of(new Wrong("no answer within 0 s", "fix of hangs"))),
            new Examined("well", List.of(new Well("all"))));
    interrupted.await();
  }

  @Test
  void all_are_made_at_once_and_told_in_their_order() throws Exception {
    CountDownLatch both = new CountDownLatch(2);
    Check.Look meet =
        () -> {
          both.countDown();
          both.await();
          return List.of(new Well("met"));
        };
    List<String> told = new ArrayList<>();
    List<Examined> all =
        new Examination(LONG).make(List.of(check("b", meet), check("a", meet)), told::add);
    assertThat(all).extracting(Examined::check).containsExactly("b", "a");
    assertThat(told).containsExactly("looking at b", "looking at a");
  }

  @Test
  void one_that_fails_is_told_with_its_own_fix_whatever_it_threw() throws Exception {
    List<Examined> all =
        examine(
            LONG,
            check(
                "service",
                () -> {
                  throw new ServiceTrouble(Kind.UNKNOWN, "no answer");
                }),
            check(
                "defect",
                () -> {
                  throw new IllegalStateException("x".repeat(5000));
                }),
            check(
                "forbidden",
                () -> {
                  throw SqsException.builder()
                      .statusCode(403)
                      .awsErrorDetails(AwsErrorDetails.builder().errorCode("AccessDenied").build())
                      .message("not authorized")
                      .build();
                }));
    assertThat(all.getFirst().findings()).containsExactly(new Wrong("no answer", "fix of service"));
    assertThat(all.get(1).findings().getFirst().what())
        .startsWith("the check itself failed: xxx")
        .hasSizeLessThan(500);
    assertThat(all.get(2).findings().getFirst())
        .isInstanceOfSatisfying(
            Wrong.class, wrong -> assertThat(wrong.fix()).contains("the operator's role"));
  }
}
