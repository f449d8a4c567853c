package io.timebridge.doctor;

import io.timebridge.settings.Settings;
import java.net.URI;
import java.util.Optional;

/** Commands of the AWS CLI, as they are to be typed for this deployment. */
record AwsCommand(Settings.Aws aws) {
  /** What to look at before anything is made that seems to be missing. */
  static final String PLACE =
      "if `./timebridge settings` names the right aws.region and name-prefix: ";

  /** As in {@code aws kinesis describe-stream-summary ...}, with region and endpoint. */
  String of(String service, String command) {
    Optional<URI> endpoint = Optional.ofNullable(aws.endpoints().get(service));
    return "aws %s %s --region %s%s"
        .formatted(
            service, command, aws.region(), endpoint.map(at -> " --endpoint-url " + at).orElse(""));
  }

  /** For something that is missing. */
  String making(String service, String command) {
    return aws.local()
        ? "start `./timebridge up` (or local-aws) again, which makes it; or " + of(service, command)
        : PLACE + of(service, command);
  }
}
