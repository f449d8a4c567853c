package io.timebridge.alerts;

import java.util.List;

/**
 * What people are told of a problem. Never holds a secret or a payload.
 *
 * @param problem which one, the same whoever finds it: {@code first-service-credentials}
 * @param title one line
 * @param description what is wrong and what it means
 * @param nextSteps what to do, in order, with the commands
 * @param keywords what to find it by
 */
public record Alert(
    String problem,
    String title,
    String description,
    List<String> nextSteps,
    List<String> keywords) {
  public Alert {
    nextSteps = List.copyOf(nextSteps);
    keywords = List.copyOf(keywords);
  }
}
