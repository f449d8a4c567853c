package io.timebridge.processors;

import io.timebridge.aws.SsmParameters;
import io.timebridge.settings.SettingsLoader;
import io.timebridge.settings.SettingsLoader.Effective;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;

/** {@code settings}: every setting with its value and where it came from; secrets masked. */
@Command(
    name = "settings",
    mixinStandardHelpOptions = true,
    description = {
      "Prints every setting with its value and where it came from; secrets are masked.",
      "Later sources win: defaults, timebridge.conf, a local system that runs in this folder, TIMEBRIDGE_... variables, SSM below ssm.path.",
      "Exit codes: 0 printed, 1 failed, 2 unusable options or settings."
    })
public final class SettingsCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "Settings file instead of timebridge.conf.")
  private @Nullable Path config;

  @Option(names = "--explain", description = "Also says what each is for and what is allowed.")
  private boolean explain;

  @Option(names = "--json", description = "As one JSON array.")
  private boolean json;

  @Override
  public Integer call() {
    PrintWriter out = Objects.requireNonNull(spec, "picocli sets the spec").commandLine().getOut();
    List<Effective> all =
        SettingsLoader.standard(Path.of(""), Optional.ofNullable(config), System.getenv())
            .load(new SsmParameters())
            .effective();
    if (json) {
      out.println(json(all));
    } else {
      all.forEach(setting -> print(out, setting));
    }
    out.flush();
    return 0;
  }

  private void print(PrintWriter out, Effective setting) {
    if (explain) {
      out.printf("# %s%n# allowed: %s%n", setting.doc(), setting.allowed());
    }
    out.printf("%-42s = %-34s # %s%n", setting.key(), setting.shown(), setting.source());
  }

  private static String json(List<Effective> all) {
    ArrayNode array = JsonMapper.builder().build().createArrayNode();
    for (Effective setting : all) {
      array
          .addObject()
          .put("key", setting.key())
          .put("value", setting.shown())
          .put("source", setting.source())
          .put("allowed", setting.allowed())
          .put("doc", setting.doc());
    }
    return array.toString();
  }
}
