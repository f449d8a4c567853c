package io.timebridge.failure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.ProvisionedThroughputExceededException;

class DynamoDbCallTest {
  @Test
  void gives_the_answer_when_there_is_one() throws Exception {
    assertThat(DynamoDbCall.run("reading", () -> 7)).isEqualTo(7);
  }

  @Test
  void says_store_trouble_when_dynamodb_throttles_or_cannot_be_reached() {
    for (RuntimeException error :
        new RuntimeException[] {
          ProvisionedThroughputExceededException.builder().message("slow down").build(),
          SdkClientException.create("slow down")
        }) {
      assertThatThrownBy(() -> DynamoDbCall.run("writing 5 in T", () -> raise(error)))
          .isInstanceOf(StoreTrouble.class)
          .hasMessageContaining("writing 5 in T: slow down")
          .hasCause(error);
    }
  }

  @Test
  void lets_a_failed_condition_through() {
    ConditionalCheckFailedException failed = ConditionalCheckFailedException.builder().build();
    assertThatThrownBy(() -> DynamoDbCall.run("writing", () -> raise(failed))).isSameAs(failed);
  }

  @Test
  void is_interrupted_when_the_sdk_was() {
    assertThatThrownBy(
            () -> DynamoDbCall.run("writing", () -> raise(AbortedException.create("thread"))))
        .isInstanceOf(InterruptedException.class);
  }

  @Test
  void sequence_numbers_sort_as_text_as_they_do_as_numbers() {
    assertThat(DynamoDbParkedEvents.sequence(BigInteger.TEN))
        .hasSize(60)
        .isGreaterThan(DynamoDbParkedEvents.sequence(BigInteger.TWO))
        .isLessThan(DynamoDbParkedEvents.sequence(BigInteger.TWO.pow(186)));
    assertThatThrownBy(() -> DynamoDbParkedEvents.sequence(BigInteger.TEN.pow(60)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> DynamoDbParkedEvents.sequence(BigInteger.ONE.negate()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static Object raise(RuntimeException error) {
    throw error;
  }
}
