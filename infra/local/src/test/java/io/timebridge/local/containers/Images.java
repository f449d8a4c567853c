package io.timebridge.local.containers;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.NotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.testcontainers.DockerClientFactory;

/**
 * The two images, built once per run out of what Maven has packaged; or the one line that says why
 * they cannot be.
 */
final class Images {
  static final String PRODUCT = "timebridge:it";
  static final String LOCAL = "timebridge-local:it";

  /** What can be built on, the first of them that is there. */
  private static final List<Bases> KNOWN =
      List.of(
          new Bases("timebridge-base:bookworm", "timebridge-build:bookworm"),
          new Bases("debian:bookworm-slim", "eclipse-temurin:25-jdk"));

  private static final Path USUAL_SOCKET = Path.of("/var/run/docker.sock");

  private static final Path BILL_OF_MATERIALS = Path.of("..", "image", "target", "bom.json");

  private static boolean built;

  /** What the image runs on, and whose JDK its runtime is linked of. */
  private record Bases(String base, String build) {}

  private Images() {}

  /** Builds both, or skips the tests of the caller and says so. */
  static synchronized void require() throws IOException, InterruptedException {
    if (built) {
      return;
    }
    requireEngine();
    if (bases().isEmpty()) {
      skip("there is no image to build on, and none is pulled here; infra/image/base makes some");
    }
    if (!Files.exists(BILL_OF_MATERIALS)) {
      skip("Maven ran offline, which leaves out the image's bill of materials");
    }
    long started = System.nanoTime();
    build(List.of("--local", "--tag", PRODUCT, "--local-tag", LOCAL));
    say("built both images in %d s".formatted((System.nanoTime() - started) / 1_000_000_000));
    built = true;
  }

  /** Skips the tests of the caller where no engine answers, and says so. */
  static void requireEngine() {
    // Testcontainers tells at length, on standard error, that it has found none.
    boolean maybe = System.getenv("DOCKER_HOST") != null || Files.exists(USUAL_SOCKET);
    if (!maybe || !DockerClientFactory.instance().isDockerAvailable()) {
      skip("no Docker engine answers (DOCKER_HOST, " + USUAL_SOCKET + ")");
    }
  }

  /** Runs the same script as {@code timebridge image}. */
  static void build(List<String> options) throws IOException, InterruptedException {
    Bases on = bases().orElseThrow();
    List<String> command = new ArrayList<>();
    command.add(Path.of("..", "image", "build").toString());
    command.addAll(List.of("--base-image", on.base(), "--build-image", on.build()));
    command.addAll(options);
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new AssertionError(String.join(" ", command) + ":\n" + said);
    }
  }

  private static Optional<Bases> bases() {
    DockerClient docker = DockerClientFactory.lazyClient();
    return KNOWN.stream()
        .filter(bases -> exists(docker, bases.base()) && exists(docker, bases.build()))
        .findFirst();
  }

  static boolean exists(DockerClient docker, String image) {
    try {
      docker.inspectImageCmd(image).exec();
      return true;
    } catch (NotFoundException missing) {
      return false;
    }
  }

  /** One line where people look. */
  static void say(String line) {
    System.out.println("container tests: " + line);
  }

  static void skip(String why) {
    say("skipped, " + why);
    Assumptions.abort(why);
  }
}
