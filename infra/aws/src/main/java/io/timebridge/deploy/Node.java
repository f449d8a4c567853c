package io.timebridge.deploy;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Node.js, which the CDK runs on. */
final class Node {
  private Node() {}

  /** The executable that the CDK would find: {@code JSII_NODE}, then the path. */
  static Optional<Path> find(Map<String, String> environment) {
    String named = environment.get("JSII_NODE");
    if (named != null) {
      return Optional.of(Path.of(named)).filter(Files::isExecutable);
    }
    return Arrays.stream(environment.getOrDefault("PATH", "").split(File.pathSeparator))
        .filter(folder -> !folder.isEmpty())
        .flatMap(folder -> Stream.of(Path.of(folder, "node"), Path.of(folder, "node.exe")))
        .filter(Files::isExecutable)
        .findFirst();
  }
}
