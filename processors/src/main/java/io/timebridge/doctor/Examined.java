package io.timebridge.doctor;

import java.util.List;

/**
 * A check and what it came to.
 *
 * @param findings at least one
 */
public record Examined(String check, List<Finding> findings) {
  public Examined {
    findings = List.copyOf(findings);
  }
}
