package io.timebridge.local.containers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The runtime of the image has every module of the JDK that the product names. */
class RuntimeModulesTest {
  private static final String ARGUMENT = "ARG MODULES=";
  private static final Path ROOT = Path.of("..", "..");

  @Test
  void the_linked_runtime_has_every_module_that_the_product_uses() throws Exception {
    Set<String> linked =
        Files.readAllLines(ROOT.resolve("infra/image/Dockerfile")).stream()
            .filter(line -> line.startsWith(ARGUMENT))
            .flatMap(line -> Stream.of(line.substring(ARGUMENT.length()).split(",")))
            .collect(Collectors.toSet());
    assertThat(linked).contains("java.base").containsAll(used());
  }

  /** By jdeps, of our own classes alone: what libraries use is seen where the image runs. */
  private static List<String> used() {
    List<String> arguments =
        new ArrayList<>(
            List.of("--ignore-missing-deps", "--multi-release", "25", "--print-module-deps"));
    for (String module : List.of("stream-config", "ingest", "processors", "infra/image")) {
      arguments.add(ROOT.resolve(module).resolve("target/classes").toString());
    }
    StringWriter out = new StringWriter();
    int exit =
        ToolProvider.findFirst("jdeps")
            .orElseThrow()
            .run(new PrintWriter(out), new PrintWriter(out), arguments.toArray(String[]::new));
    assertThat(exit).as(out.toString()).isZero();
    return List.of(out.toString().strip().split(","));
  }
}
