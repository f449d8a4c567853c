package io.timebridge.bootstrap;

import io.timebridge.settings.Secret;
import java.security.SecureRandom;
import java.util.Base64;
import software.amazon.awssdk.services.ssm.SsmClient;
import software.amazon.awssdk.services.ssm.model.ParameterAlreadyExistsException;
import software.amazon.awssdk.services.ssm.model.ParameterType;

/** Makes the secret of the webhooks and puts it where every process reads its settings. */
public final class WebhookSecrets {
  private static final int RANDOM_BYTES = 32;

  private WebhookSecrets() {}

  /** A Standard Webhooks secret: {@code whsec_} and 32 random bytes in base64. */
  public static Secret make(SecureRandom random) {
    byte[] bytes = new byte[RANDOM_BYTES];
    random.nextBytes(bytes);
    return new Secret("whsec_" + Base64.getEncoder().encodeToString(bytes));
  }

  /** The parameter of {@code first-service.webhook-secrets} below a path. */
  public static String parameter(String ssmPath) {
    return ssmPath.replaceFirst("/+$", "") + "/first-service/webhook-secrets";
  }

  /**
   * Stores it as a SecureString, encrypted with the account's own key {@code aws/ssm}.
   *
   * @return false, and nothing changed, when the parameter exists
   */
  public static boolean store(SsmClient ssm, String parameter, Secret secret) {
    try {
      ssm.putParameter(r ->
          r.name(parameter)
              .type(ParameterType.SECURE_STRING)
              .value(secret.reveal())
              .overwrite(false));
      return true;
    } catch (ParameterAlreadyExistsException somebodyElse) {
      return false;
    }
  }
}
