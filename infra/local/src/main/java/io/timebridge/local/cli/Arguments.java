package io.timebridge.local.cli;

import io.timebridge.local.system.Ports;
import io.timebridge.stream.Names;
import picocli.CommandLine;

/**
 * Options that several commands have; an unusable one ends the command with its usage and exit code
 * 2.
 */
final class Arguments {
  private Arguments() {}

  static Ports ports(CommandLine line, int base) {
    try {
      return new Ports(base);
    } catch (IllegalArgumentException unusable) {
      throw new CommandLine.ParameterException(
          line, String.valueOf(unusable.getMessage()), unusable);
    }
  }

  static Names names(CommandLine line, String prefix) {
    try {
      return new Names(prefix);
    } catch (IllegalArgumentException unusable) {
      throw new CommandLine.ParameterException(
          line, "--name-prefix: " + unusable.getMessage(), unusable);
    }
  }
}
