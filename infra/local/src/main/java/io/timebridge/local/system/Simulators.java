package io.timebridge.local.system;

import io.timebridge.local.net.Listen;
import io.timebridge.local.sim.SimControl;
import io.timebridge.local.sim.first.FirstServiceSim;
import io.timebridge.local.sim.http.CallWatch;
import io.timebridge.local.sim.second.SecondServiceSim;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Both services, simulated, with accounts made up at the start; and the settings that lead to them.
 * Thread-safe.
 */
public final class Simulators implements AutoCloseable {
  private final FirstServiceSim first;
  private final SecondServiceSim second;
  private final SimControl firstControl;
  private final SimControl secondControl;
  private final Map<String, String> settings;

  private Simulators(FirstServiceSim first, SecondServiceSim second, Map<String, String> settings) {
    this.first = first;
    this.second = second;
    this.firstControl = new SimControl(first.baseUri());
    this.secondControl = new SimControl(second.baseUri());
    this.settings = Map.copyOf(settings);
  }

  /**
   * How the two behave.
   *
   * @param sessionLife how long a session of SecondService lasts
   * @param minMillis least time of a SecondService call
   * @param maxMillis longest time of a SecondService call
   * @param maxConcurrent calls SecondService takes at a time
   */
  public record Behaviour(
      long seed, Duration sessionLife, long minMillis, long maxMillis, int maxConcurrent) {
    /** Quick and patient, with moving headers. */
    public static Behaviour calm(long seed) {
      return new Behaviour(seed, Duration.ofMinutes(15), 2, 20, 8);
    }
  }

  /** Of the settings that lead to both. */
  static final Set<String> KEYS =
      Set.of(
          "first-service.url",
          "first-service.account-id",
          "first-service.client-id",
          "first-service.client-secret",
          "first-service.access-token",
          "first-service.refresh-token",
          "first-service.webhook-secrets",
          "second-service.url",
          "second-service.organisation",
          "second-service.username",
          "second-service.password");

  /**
   * Starts both.
   *
   * @throws IOException when a port cannot be listened on
   */
  public static Simulators start(Ports ports, Behaviour behaviour) throws IOException {
    return start(ports, behaviour, Listen.LOOPBACK);
  }

  /** As {@link #start(Ports, Behaviour)}, on these addresses. */
  public static Simulators start(Ports ports, Behaviour behaviour, Listen listen)
      throws IOException {
    String password = secret();
    String clientSecret = secret();
    String accessToken = secret();
    String refreshToken = secret();
    SecondServiceSim second =
        SecondServiceSim.start(
            SecondServiceSim.Options.defaults()
                .withPort(ports.of("second-service"))
                .withAccount(new SecondServiceSim.Account("agency", "timebridge", password))
                .withSessionLife(behaviour.sessionLife())
                .withMaxSessionsPerUser(32)
                .withLoginsPerMinute(600)
                .withLatency(behaviour.minMillis(), behaviour.maxMillis())
                .withMaxConcurrent(behaviour.maxConcurrent())
                .withHeaderSeed(behaviour.seed()),
            listen);
    FirstServiceSim first;
    try {
      first =
          FirstServiceSim.start(
              FirstServiceSim.Options.defaults()
                  .withPort(ports.of("first-service"))
                  .withCredentials(
                      new FirstServiceSim.Credentials(
                          "timebridge", clientSecret, accessToken, refreshToken, null, true)),
              listen);
    } catch (IOException notStarted) {
      second.close();
      throw notStarted;
    }
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("first-service.url", first.baseUri().toString());
    settings.put("first-service.account-id", "77");
    settings.put("first-service.client-id", "timebridge");
    settings.put("first-service.client-secret", clientSecret);
    settings.put("first-service.access-token", accessToken);
    settings.put("first-service.refresh-token", refreshToken);
    settings.put("first-service.webhook-secrets", "whsec_" + secret());
    settings.put("second-service.url", second.baseUri().toString());
    settings.put("second-service.organisation", "agency");
    settings.put("second-service.username", "timebridge");
    settings.put("second-service.password", password);
    return new Simulators(first, second, settings);
  }

  /** The settings, by key, with which a process reaches both. Secrets among them. */
  public Map<String, String> settings() {
    return settings;
  }

  /**
   * Opens a door of its own to each service, so that its user's calls can be told apart.
   *
   * @return the two settings that lead through them
   * @throws IOException if no port can be bound
   */
  public Map<String, String> openDoors() throws IOException {
    return Map.of(
        "first-service.url", first.openDoor().toString(),
        "second-service.url", second.openDoor().toString());
  }

  /** Shows every call to the two services to these watchers. */
  public void watch(CallWatch ofFirst, CallWatch ofSecond) {
    first.watch(ofFirst);
    second.watch(ofSecond);
  }

  public SimControl first() {
    return firstControl;
  }

  public SimControl second() {
    return secondControl;
  }

  @Override
  public void close() {
    firstControl.close();
    secondControl.close();
    first.close();
    second.close();
  }

  private static String secret() {
    byte[] bytes = new byte[24];
    new SecureRandom().nextBytes(bytes);
    return Base64.getEncoder().encodeToString(bytes);
  }
}
