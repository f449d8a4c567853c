package io.timebridge.doctor;

import io.timebridge.doctor.Finding.Warning;
import io.timebridge.doctor.Finding.Well;
import io.timebridge.doctor.Finding.Wrong;
import io.timebridge.settings.Secret;
import io.timebridge.settings.Settings;
import io.timebridge.settings.SettingsLoader;
import io.timebridge.settings.SettingsLoader.Effective;
import io.timebridge.settings.SettingsLoader.Loaded;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The settings are usable, or there would be no check: what a deployment needs beside that. */
final class SettingsCheck {
  private static final String FIRST_SECRET = "first-service.client-secret";
  private static final String PASSWORD = "second-service.password";

  private final Loaded loaded;

  SettingsCheck(Loaded loaded) {
    this.loaded = loaded;
  }

  List<Finding> look() {
    Settings settings = loaded.settings();
    List<Finding> findings = new ArrayList<>();
    required(findings, FIRST_SECRET, settings.firstService().clientSecret());
    required(findings, PASSWORD, settings.secondService().password());
    encrypted(findings, "first-service.url", settings.firstService().url());
    encrypted(findings, "second-service.url", settings.secondService().url());
    if (findings.isEmpty()) {
      long set = loaded.effective().stream().filter(s -> !s.source().equals("default")).count();
      findings.add(
          new Well(
              "%d settings are usable, %d of them set; name-prefix \"%s\""
                  .formatted(loaded.effective().size(), set, settings.names().prefix())));
    }
    return findings;
  }

  private void required(List<Finding> findings, String key, Secret secret) {
    if (secret.isEmpty()) {
      String path = shown("ssm.path");
      findings.add(
          new Wrong(
              key + " is not set",
              path.isEmpty()
                  ? "set it in timebridge.conf or as " + SettingsLoader.environmentName(key)
                  : new AwsCommand(loaded.settings().aws())
                      .of(
                          "ssm",
                          "put-parameter --type SecureString --name %s --value ..."
                              .formatted(SettingsLoader.parameterName(path, key)))));
    }
  }

  private static void encrypted(List<Finding> findings, String key, URI uri) {
    boolean loopback = Set.of("127.0.0.1", "localhost", "[::1]").contains(uri.getHost());
    if ("http".equals(uri.getScheme()) && !loopback) {
      findings.add(
          new Warning(
              key + " is http: secrets cross the network in the clear",
              "set " + key + " to an https address"));
    }
  }

  private String shown(String key) {
    return loaded.effective().stream()
        .filter(setting -> setting.key().equals(key))
        .map(Effective::shown)
        .findFirst()
        .orElse("");
  }
}
