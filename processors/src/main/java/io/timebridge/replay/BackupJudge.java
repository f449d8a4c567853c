package io.timebridge.replay;

import io.timebridge.backup.BackupStore;
import io.timebridge.failure.StoreTrouble;
import io.timebridge.stream.EntryId;
import io.timebridge.stream.Envelope;
import io.timebridge.stream.Route;
import io.timebridge.stream.WebhookBody;
import tools.jackson.databind.JsonNode;

/** Events of backups, by what is kept. */
final class BackupJudge implements Judge {
  private final BackupStore backups;

  BackupJudge(BackupStore backups) {
    this.backups = backups;
  }

  @Override
  public Verdict judge(Envelope envelope) throws StoreTrouble, InterruptedException {
    return switch (WebhookBody.parse(envelope.body())) {
      case WebhookBody.Malformed malformed -> Verdict.TO_PARK;
      case WebhookBody.Thin thin -> thin.isSuggestion() ? Verdict.IGNORED : Verdict.TO_ASK;
      case WebhookBody.Full(EntryId id, JsonNode event) ->
          envelope.route().kind() == Route.Kind.DELETED
              ? Verdict.TO_ASK
              : backups.read(id).filter(kept -> kept.backup().covers(event)).isPresent()
                  ? Verdict.APPLIED
                  : Verdict.TO_APPLY;
    };
  }
}
