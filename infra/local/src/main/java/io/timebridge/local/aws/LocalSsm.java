package io.timebridge.local.aws;

import io.timebridge.local.net.Listen;
import java.net.URI;
import java.time.InstantSource;
import tools.jackson.databind.json.JsonMapper;

/**
 * SSM Parameter Store inside this process, in memory, on 127.0.0.1: {@code GetParameter}, {@code
 * GetParameters}, {@code GetParametersByPath}, {@code PutParameter}, {@code DeleteParameter} and
 * {@code DescribeParameters}, with versions and SecureString. A SecureString that is read without
 * decryption shows a stand-in for its cipher text, never the value. Thread-safe.
 */
public final class LocalSsm implements LocalPart {
  private final LoopbackServer server;

  private LocalSsm(LoopbackServer server) {
    this.server = server;
  }

  /**
   * Starts it and returns when it answers.
   *
   * @param port 0 for any free port
   * @param region the region in ARNs
   * @throws IllegalStateException when the port cannot be bound
   */
  public static LocalSsm start(int port, String region) {
    return start(Listen.LOOPBACK, port, region);
  }

  /** As {@link #start(int, String)}, on these addresses. */
  static LocalSsm start(Listen listen, int port, String region) {
    SsmApi api =
        new SsmApi(new SsmParameterStore(InstantSource.system()), region, JsonMapper.shared());
    return new LocalSsm(LoopbackServer.start("local-ssm", listen, port, api));
  }

  @Override
  public URI endpoint() {
    return server.endpoint();
  }

  @Override
  public void close() {
    server.close();
  }
}
