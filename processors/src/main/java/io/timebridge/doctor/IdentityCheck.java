package io.timebridge.doctor;

import io.timebridge.doctor.Finding.Well;
import io.timebridge.settings.Settings;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.sts.StsClient;
import software.amazon.awssdk.services.sts.model.GetCallerIdentityResponse;

/** Who this command is in AWS. Whether it may look at a thing, that thing's own check tells. */
final class IdentityCheck {
  private final StsClient sts;
  private final Settings.Aws aws;

  IdentityCheck(StsClient sts, Settings.Aws aws) {
    this.sts = sts;
    this.aws = aws;
  }

  List<Finding> look() {
    if (aws.local()) {
      return List.of(new Well("made-up credentials (aws.local), region " + place()));
    }
    GetCallerIdentityResponse me = sts.getCallerIdentity(r -> {});
    return List.of(
        new Well("%s of account %s, region %s".formatted(me.arn(), me.account(), place())));
  }

  private String place() {
    String endpoints =
        new TreeMap<>(aws.endpoints())
            .entrySet().stream()
                .map(at -> at.getKey() + " at " + at.getValue())
                .collect(Collectors.joining(", "));
    return aws.region() + (endpoints.isEmpty() ? "" : "; " + endpoints);
  }
}
