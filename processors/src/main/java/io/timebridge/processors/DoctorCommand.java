package io.timebridge.processors;

import io.timebridge.doctor.Doctor;
import io.timebridge.doctor.Examined;
import io.timebridge.doctor.Finding;
import io.timebridge.doctor.Finding.Warning;
import io.timebridge.doctor.Finding.Well;
import io.timebridge.doctor.Finding.Wrong;
import io.timebridge.process.Foreground;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code doctor}: whether a deployment is well, and what puts right what is not. */
@Command(
    name = "doctor",
    description = {
      "Looks at everything a deployment is made of, and says of each part whether it is well, and the command that puts it right.",
      "Changes nothing: no row, no message, no token. It opens one session at SecondService. Fifteen seconds at most.",
      "Exit codes: 0 all well or warnings only, 1 something is wrong, 2 unusable options or settings."
    })
public final class DoctorCommand extends Admin {
  @Option(
      names = "--public-url",
      paramLabel = "URL",
      description =
          "Where FirstService reaches the gateway, as given to bootstrap (default: where most webhooks are registered).")
  private @Nullable String publicUrl;

  @Option(names = "--json", description = "As one JSON object.")
  private boolean json;

  private Optional<URI> publicAt = Optional.empty();

  @Override
  void check() {
    publicAt =
        Optional.ofNullable(publicUrl).map(text -> BootstrapCommand.address("--public-url", text));
  }

  @Override
  int run(Tools tools) throws InterruptedException {
    say("looking at everything, within fifteen seconds; nothing is changed");
    List<Examined> all;
    try (Doctor doctor = new Doctor(tools.loaded, publicAt, tools.clock)) {
      all = doctor.examine(this::tell);
    }
    boolean wrong = count(all, Wrong.class) > 0;
    if (json) {
      out().println(json(all, wrong).toPrettyString());
    } else {
      all.forEach(this::print);
      out()
          .printf(
              "%d well, %d to look at, %d wrong%n",
              count(all, Well.class), count(all, Warning.class), count(all, Wrong.class));
    }
    return wrong ? Foreground.FAILED : Foreground.OK;
  }

  private static long count(List<Examined> all, Class<? extends Finding> kind) {
    return all.stream().flatMap(e -> e.findings().stream()).filter(kind::isInstance).count();
  }

  private void print(Examined examined) {
    for (Finding finding : examined.findings()) {
      String format = "%s %-15s %s%n";
      String what = Shown.line(finding.what());
      switch (finding) {
        case Well well -> out().printf(format, "✓", examined.check(), what);
        case Warning warning -> {
          out().printf(format, "!", examined.check(), what);
          fix(warning.fix());
        }
        case Wrong wrong -> {
          out().printf(format, "✗", examined.check(), what);
          fix(wrong.fix());
        }
      }
    }
  }

  private void fix(String fix) {
    out().printf("  %-15s fix: %s%n", "", Shown.line(fix));
  }

  private static ObjectNode json(List<Examined> all, boolean wrong) {
    ObjectNode node =
        JSON.createObjectNode()
            .put("well", !wrong)
            .put("warnings", count(all, Warning.class))
            .put("wrong", count(all, Wrong.class));
    ArrayNode checks = node.putArray("checks");
    for (Examined examined : all) {
      ArrayNode findings = checks.addObject().put("check", examined.check()).putArray("findings");
      examined.findings().forEach(finding -> findings.add(json(finding)));
    }
    return node;
  }

  private static ObjectNode json(Finding finding) {
    ObjectNode node = JSON.createObjectNode();
    return switch (finding) {
      case Well(String what) -> node.put("is", "well").put("what", what);
      case Warning(String what, String fix) ->
          node.put("is", "warning").put("what", what).put("fix", fix);
      case Wrong(String what, String fix) ->
          node.put("is", "wrong").put("what", what).put("fix", fix);
    };
  }
}
