package io.timebridge.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What docs/DEPLOY.md and docs/OPERATIONS.md say of the stacks is so. */
class RunBookTest {
  private static final Path DOCS = Path.of("..", "..", "docs");

  @TempDir static Path folder;

  private static Written written;

  @BeforeAll
  static void synth() {
    written = Written.by(folder);
  }

  private static List<MatchResult> found(String file, String pattern) throws IOException {
    return Pattern.compile(pattern, Pattern.MULTILINE)
        .matcher(Files.readString(DOCS.resolve(file)))
        .results()
        .toList();
  }

  /** The CDK drops a parameter whose stack it does not find by its own name. */
  @Test
  void parameters_are_given_by_the_names_that_the_stacks_have() throws IOException {
    List<MatchResult> given = found("DEPLOY.md", "--parameters ([^ :`]+):(\\w+)=");
    assertThat(given).hasSizeGreaterThan(1);
    for (MatchResult parameter : given) {
      String part = written.part(parameter.group(1));
      assertThat(written.template(part).path("Parameters").has(parameter.group(2)))
          .as(parameter.group())
          .isTrue();
    }
  }
}
