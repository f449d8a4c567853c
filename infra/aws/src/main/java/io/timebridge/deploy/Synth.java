package io.timebridge.deploy;

import io.timebridge.settings.SettingsLoader.InvalidSettings;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code ./timebridge synth}: writes the deployed system as CloudFormation templates. Offline; no
 * account is asked. Exit codes: 0 written, 1 a rule is broken or Node.js is missing, 2 unusable
 * options or settings.
 */
@Command(
    name = "timebridge synth",
    mixinStandardHelpOptions = true,
    version = "timebridge 0.1.0-SNAPSHOT",
    sortOptions = false,
    description = {
      "Writes the deployed system as CloudFormation templates, offline. Deploy them with",
      "  npx aws-cdk@2.1148.1 deploy --app DIR data door",
      "and `work` once the image is pushed: docs/DEPLOY.md has every step.",
      "Settings that are given and are no secrets become parameters in Parameter Store.",
      "Exit codes: 0 written, 1 a rule is broken or Node.js is missing, 2 unusable options or settings."
    })
public final class Synth implements Callable<Integer> {
  private static final int FAILED = 1;
  private static final int UNUSABLE = 2;

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      defaultValue = "cdk.out",
      description = "Where to write (default: ${DEFAULT-VALUE}).")
  private Path out = Path.of("cdk.out");

  @Option(names = "--config", paramLabel = "FILE", description = "Settings file.")
  private @Nullable Path config;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "A setting, or one of the keys below; may be repeated.")
  private Map<String, String> given = new LinkedHashMap<>();

  public static void main(String[] args) {
    System.exit(
        run(
            System.getenv(),
            new PrintWriter(System.out, true, StandardCharsets.UTF_8),
            new PrintWriter(System.err, true, StandardCharsets.UTF_8),
            args));
  }

  /** Runs one command line in this process; its first word is {@code synth}, or an option. */
  static int run(
      Map<String, String> environment, PrintWriter out, PrintWriter err, String... args) {
    Synth synth = new Synth();
    synth.environment = environment;
    CommandLine line = new CommandLine(synth);
    line.setOut(out).setErr(err);
    line.getCommandSpec()
        .usageMessage()
        .footer(
            Arrays.stream(Deployment.Key.values())
                .map(k ->
                    "  %-28s %s%s"
                        .formatted(
                            k.key(),
                            k.doc(),
                            k.defaultText().isEmpty() ? "" : " Default: " + k.defaultText() + "."))
                .collect(Collectors.joining("\n"))
                .split("\n"));
    boolean named = args.length > 0 && args[0].equals("synth");
    return line.execute(named ? Arrays.copyOfRange(args, 1, args.length) : args);
  }

  private Map<String, String> environment = Map.of();

  @Override
  public Integer call() throws IOException {
    PrintWriter err = command().commandLine().getErr();
    Deployment deployment;
    try {
      deployment = Deployment.read(Optional.ofNullable(config), given);
    } catch (InvalidSettings | Deployment.NotDeployable unusable) {
      err.println(unusable.getMessage());
      return UNUSABLE;
    }
    if (Node.find(environment).isEmpty()) {
      err.println(
          "timebridge synth: the CDK runs on Node.js, and there is none on the PATH;"
              + " install version 20 or newer, or name it by JSII_NODE");
      return FAILED;
    }
    Files.createDirectories(out);
    TimebridgeApp.forgetReport(out);
    try {
      TimebridgeApp app = new TimebridgeApp(deployment, out);
      List<String> wrong = app.synth();
      if (!wrong.isEmpty()) {
        wrong.forEach(w -> err.println("timebridge synth: " + w));
        return FAILED;
      }
      for (TimebridgeStack stack : app.stacks()) {
        command().commandLine().getOut().println(out.resolve(stack.getTemplateFile()));
      }
      return 0;
    } catch (RuntimeException broken) { // jsii has no narrower one for what the CDK finds
      List<String> rules = TimebridgeApp.brokenRules(out);
      rules.forEach(rule -> err.println("timebridge synth: " + rule));
      if (rules.isEmpty()) {
        err.println("timebridge synth: " + broken.getMessage());
      }
      return FAILED;
    }
  }

  private CommandSpec command() {
    if (spec == null) {
      throw new IllegalStateException("not run by picocli");
    }
    return spec;
  }
}
