package io.timebridge.aws;

import io.timebridge.settings.Settings;
import io.timebridge.settings.SettingsLoader;
import java.util.LinkedHashMap;
import java.util.Map;
import software.amazon.awssdk.services.ssm.SsmClient;

/**
 * Settings from SSM Parameter Store: every parameter below a path, decrypted. Errors of AWS are
 * thrown as they are.
 */
public final class SsmParameters implements SettingsLoader.ParameterSource {
  @Override
  public Map<String, String> apply(Settings.Aws aws, String path) {
    Map<String, String> values = new LinkedHashMap<>();
    String base = path.endsWith("/") ? path : path + "/";
    try (SsmClient ssm = new AwsClients(aws).ssm()) {
      ssm
          .getParametersByPathPaginator(r -> r.path(path).recursive(true).withDecryption(true))
          .stream()
          .flatMap(page -> page.parameters().stream())
          .forEach(p -> values.put(p.name().substring(base.length()), p.value()));
    }
    return values;
  }
}
