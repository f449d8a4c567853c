package io.timebridge.local.aws;

import io.timebridge.aws.AwsClients;
import io.timebridge.settings.Settings;
import java.net.URI;
import java.util.Map;

/** The project's own clients, led to a local service. */
final class LocalClients {
  private LocalClients() {}

  static AwsClients of(String service, URI endpoint) {
    return of(Map.of(service, endpoint));
  }

  static AwsClients of(Map<String, URI> endpoints) {
    return new AwsClients(new Settings.Aws("us-east-1", endpoints, true));
  }
}
