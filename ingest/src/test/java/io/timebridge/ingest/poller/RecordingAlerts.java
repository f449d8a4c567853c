package io.timebridge.ingest.poller;

import io.timebridge.alerts.Alert;
import io.timebridge.alerts.Alerts;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Keeps what was told, each episode once; nobody can be told while it is {@code broken}. */
final class RecordingAlerts implements Alerts {
  final List<String> sent = new ArrayList<>();
  boolean broken;
  private final Map<String, Told> told = new HashMap<>();

  @Override
  public boolean raise(Alert alert, long episode) throws NotTold {
    Told before = told(alert.problem());
    return before.episode() < episode && tell("open: ", alert, episode);
  }

  @Override
  public boolean over(Alert alert, long episode) throws NotTold {
    Told before = told(alert.problem());
    return before.open() && before.episode() < episode && tell("over: ", alert, episode);
  }

  private boolean tell(String state, Alert alert, long episode) {
    told.put(alert.problem(), new Told(episode, state.startsWith("open"), 0));
    sent.add(state + alert.title());
    return true;
  }

  @Override
  public Told told(String problem) throws NotTold {
    if (broken) {
      throw new NotTold("nobody can be told", new IllegalStateException("broken"));
    }
    return told.getOrDefault(problem, Told.NEVER);
  }

  @Override
  public void seen(String problem) {
    throw new UnsupportedOperationException();
  }
}
