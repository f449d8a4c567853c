package io.timebridge.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.timebridge.alerts.Alert;
import io.timebridge.alerts.Alerts;
import io.timebridge.settings.Settings;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CountedAlertsTest {
  private static final Alert ALERT = new Alert("p", "title", "what", List.of(), List.of());

  private final Meters meters =
      Meters.start(new Settings.Metrics("127.0.0.1", Optional.of(0)), "worker");
  private final Topic topic = new Topic();
  private final CountedAlerts alerts = new CountedAlerts(topic, meters);

  /** People, as far as they can be reached. */
  private static final class Topic implements Alerts {
    private boolean reachable = true;
    private boolean open;

    private void reach() throws NotTold {
      if (!reachable) {
        throw new NotTold("out of reach", new IllegalStateException());
      }
    }

    @Override
    public boolean raise(Alert alert, long episode) throws NotTold {
      reach();
      boolean first = !open;
      open = true;
      return first;
    }

    @Override
    public boolean over(Alert alert, long episode) throws NotTold {
      reach();
      boolean first = open;
      open = false;
      return first;
    }

    @Override
    public Told told(String problem) throws NotTold {
      reach();
      return new Told(1, open, 0);
    }

    @Override
    public void seen(String problem) throws NotTold {
      reach();
    }
  }

  @AfterEach
  void close() {
    meters.close();
  }

  private String counted(String what) {
    String series = "timebridge_alerts_total{what=\"" + what + "\"} ";
    return meters
        .scrape()
        .lines()
        .filter(line -> line.startsWith(series))
        .map(line -> line.substring(series.length()))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void counts_a_message_once_however_often_it_is_offered() throws Exception {
    assertThat(alerts.raise(ALERT, 1)).isTrue();
    assertThat(alerts.raise(ALERT, 1)).isFalse();
    assertThat(alerts.told("p").open()).isTrue();
    alerts.seen("p");
    assertThat(alerts.over(ALERT, 2)).isTrue();
    assertThat(counted("raised")).isEqualTo("1.0");
    assertThat(counted("over")).isEqualTo("1.0");
    assertThat(counted("not_told")).isEqualTo("0.0");
  }

  /** Whoever asks first what was told does not come to telling. */
  @Test
  void counts_each_call_that_did_not_get_through_a_question_too() {
    topic.reachable = false;
    assertThatThrownBy(() -> alerts.told("p")).isInstanceOf(Alerts.NotTold.class);
    assertThatThrownBy(() -> alerts.seen("p")).isInstanceOf(Alerts.NotTold.class);
    assertThatThrownBy(() -> alerts.raise(ALERT, 1)).isInstanceOf(Alerts.NotTold.class);
    assertThatThrownBy(() -> alerts.over(ALERT, 1)).isInstanceOf(Alerts.NotTold.class);
    assertThat(counted("not_told")).isEqualTo("4.0");
    assertThat(counted("raised")).isEqualTo("0.0");
  }
}
