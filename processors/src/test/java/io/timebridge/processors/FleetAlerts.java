package io.timebridge.processors;

import static org.assertj.core.api.Assertions.assertThat;

import io.timebridge.alerts.Alert;
import io.timebridge.alerts.Alerts;
import io.timebridge.alerts.ChatSchema;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Alerts that several workers share, in memory, by the same rules as those of the deployment. */
final class FleetAlerts implements Alerts {
  final List<String> sent = new ArrayList<>();
  private final Map<String, Told> told = new HashMap<>();
  boolean broken;

  /** Whether another process is about to tell something. */
  boolean claimed;

  @Override
  public boolean raise(Alert alert, long episode) throws NotTold {
    Told before = told(alert.problem());
    boolean tell =
        !claimed && (before.episode() < episode || (before.episode() == episode && !before.open()));
    if (tell) {
      tell(alert, new Told(episode, true, before.sightings()));
    }
    return tell;
  }

  @Override
  public boolean over(Alert alert, long episode) throws NotTold {
    Told before = told(alert.problem());
    boolean tell = !claimed && before.open() && before.episode() < episode;
    if (tell) {
      tell(alert, new Told(episode, false, before.sightings()));
    }
    return tell;
  }

  private void tell(Alert alert, Told now) throws NotTold {
    requireWhole();
    assertThat(ChatSchema.faults(alert)).isEmpty();
    told.put(alert.problem(), now);
    sent.add(alert.title());
  }

  @Override
  public void seen(String problem) throws NotTold {
    Told before = told(problem);
    told.put(problem, new Told(before.episode(), before.open(), before.sightings() + 1));
  }

  @Override
  public Told told(String problem) throws NotTold {
    requireWhole();
    return told.getOrDefault(problem, Told.NEVER);
  }

  private void requireWhole() throws NotTold {
    if (broken) {
      throw new NotTold("nobody can be told", new IllegalStateException("broken"));
    }
  }
}
