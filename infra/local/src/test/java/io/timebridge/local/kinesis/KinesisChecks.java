package io.timebridge.local.kinesis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.util.Comparator;
import java.util.List;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.services.kinesis.model.KinesisException;
import software.amazon.awssdk.services.kinesis.model.Shard;

/** What several contract tests assert. */
final class KinesisChecks {

  static final BigInteger MAX_HASH = BigInteger.TWO.pow(128).subtract(BigInteger.ONE);
  static final String MIDDLE_HASH = BigInteger.TWO.pow(127).toString();

  private KinesisChecks() {}

  static String owner(List<Shard> shards, BigInteger hash) {
    return shards.stream()
        .filter(shard ->
            new BigInteger(shard.hashKeyRange().startingHashKey()).compareTo(hash) <= 0
                && new BigInteger(shard.hashKeyRange().endingHashKey()).compareTo(hash) >= 0)
        .map(Shard::shardId)
        .findFirst()
        .orElseThrow();
  }

  static void assertCovers(List<Shard> shards) {
    BigInteger next = BigInteger.ZERO;
    for (Shard shard :
        shards.stream()
            .sorted(Comparator.comparing(s -> new BigInteger(s.hashKeyRange().startingHashKey())))
            .toList()) {
      assertThat(new BigInteger(shard.hashKeyRange().startingHashKey())).isEqualTo(next);
      next = new BigInteger(shard.hashKeyRange().endingHashKey()).add(BigInteger.ONE);
    }
    assertThat(next.subtract(BigInteger.ONE)).isEqualTo(MAX_HASH);
  }

  static void assertEven(List<Shard> shards, int count) {
    BigInteger even = BigInteger.TWO.pow(128).divide(BigInteger.valueOf(count));
    for (Shard shard : shards) {
      BigInteger size =
          new BigInteger(shard.hashKeyRange().endingHashKey())
              .subtract(new BigInteger(shard.hashKeyRange().startingHashKey()));
      assertThat(size.subtract(even).abs()).isLessThan(BigInteger.valueOf(1000));
    }
  }

  static void assertFails(Class<? extends AwsServiceException> type, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOf(type)
        .asInstanceOf(InstanceOfAssertFactories.throwable(AwsServiceException.class))
        .satisfies(error -> assertThat(error.statusCode()).isBetween(400, 499));
  }

  static void assertValidationFails(ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            KinesisException.class,
            error ->
                assertThat(error.awsErrorDetails().errorCode()).isEqualTo("ValidationException"));
  }
}
