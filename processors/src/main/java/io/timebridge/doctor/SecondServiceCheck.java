package io.timebridge.doctor;

import io.timebridge.doctor.Finding.Well;
import io.timebridge.doctor.Finding.Wrong;
import io.timebridge.services.ServiceTrouble;
import io.timebridge.services.ServiceTrouble.Kind;
import io.timebridge.services.gate.ServiceGate;
import io.timebridge.services.second.HttpSecondService;
import io.timebridge.settings.Settings;
import java.time.InstantSource;
import java.util.List;

/** SecondService takes the login and answers. Opens one session, and books nothing. */
final class SecondServiceCheck {
  private final Settings.SecondService settings;
  private final ServiceGate gate;
  private final InstantSource clock;

  SecondServiceCheck(Settings.SecondService settings, ServiceGate gate, InstantSource clock) {
    this.settings = settings;
    this.gate = gate;
    this.clock = clock;
  }

  List<Finding> look() throws ServiceTrouble, InterruptedException {
    try (HttpSecondService second = new HttpSecondService(settings, gate, clock)) {
      int clients = second.clients().size();
      return List.of(
          new Well(
              "login as %s of %s is accepted: a call was answered (%d clients)"
                  .formatted(settings.username(), settings.organisation(), clients)));
    } catch (ServiceTrouble trouble) {
      if (trouble.kind() == Kind.CREDENTIALS) {
        return List.of(
            new Wrong(
                String.valueOf(trouble.getMessage()),
                "set second-service.password (and .username, .organisation), and start the processes again"));
      }
      throw trouble;
    }
  }
}
