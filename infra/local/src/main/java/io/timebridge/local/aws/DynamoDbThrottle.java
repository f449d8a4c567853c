package io.timebridge.local.aws;

import java.util.Random;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * Refuses a share of the calls that read or write items as DynamoDB does when a table's throughput
 * is used up: nothing is done, the caller may come again. Off until {@link #set}.
 *
 * @implNote {@code lock} guards {@code share} and {@code random}.
 */
final class DynamoDbThrottle extends Handler.Wrapper {
  private static final Pattern ITEMS =
      Pattern.compile(
          "\\.(GetItem|PutItem|UpdateItem|DeleteItem|Query|Scan|Transact\\w+|Batch\\w+)$");
  private static final String REFUSAL =
      "{\"__type\":\"com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException\","
          + "\"message\":\"The level of configured provisioned throughput for the table was exceeded.\"}";

  private final ReentrantLock lock = new ReentrantLock();
  private double share;
  private Random random = new Random(0);

  DynamoDbThrottle(Handler handler) {
    super(handler);
  }

  void set(double newShare, long seed) {
    if (!(newShare >= 0 && newShare <= 1)) {
      throw new IllegalArgumentException("the share must be 0 to 1: " + newShare);
    }
    lock.lock();
    try {
      share = newShare;
      random = new Random(seed);
    } finally {
      lock.unlock();
    }
  }

  private boolean refuses(String target) {
    lock.lock();
    try {
      return share > 0 && ITEMS.matcher(target).find() && random.nextDouble() < share;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    String target = request.getHeaders().get("X-Amz-Target");
    if (target == null || !refuses(target)) {
      return super.handle(request, response, callback);
    }
    response.setStatus(400);
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/x-amz-json-1.0");
    Content.Sink.write(response, true, REFUSAL, callback);
    return true;
  }
}
