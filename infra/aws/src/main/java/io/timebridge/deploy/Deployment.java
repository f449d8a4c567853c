package io.timebridge.deploy;

import io.timebridge.settings.Settings;
import io.timebridge.settings.SettingsLoader;
import io.timebridge.stream.Names;
import io.timebridge.stream.StreamName;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * What is to be deployed: the product's own settings, and the few things that only a deployment
 * has. Immutable.
 *
 * @param settings names and region come from them
 * @param parameters what goes into Parameter Store: every setting that was given and is no secret,
 *     by key
 * @param parameterPath what the parameters lie below; ends without a slash
 * @param shards of each stream; 0 = on demand
 * @param domain the public name of the webhooks
 * @param slack where alerts are shown
 * @param workers tasks of the worker, at least and at most
 */
record Deployment(
    Settings settings,
    Map<String, String> parameters,
    String parameterPath,
    int shards,
    Duration retention,
    Optional<Domain> domain,
    Optional<Slack> slack,
    Workers workers) {

  /** Where the settings of a deployment without a prefix lie. */
  static final String PARAMETERS = "/timebridge/live";

  /** Shards that AWS gives a new stream on demand. */
  static final int SHARDS_ON_DEMAND = 4;

  /** A name, and its certificate in the same region. */
  record Domain(String name, String certificateArn) {}

  /** A channel of a workspace that was authorised in the console. */
  record Slack(String workspaceId, String channelId) {}

  record Workers(int atLeast, int atMost) {}

  /** A key of a deployment's own, with its default and what it is for. */
  enum Key {
    SHARDS("deploy.shards", "0", "Shards of each stream; 0 = on demand."),
    RETENTION_DAYS(
        "deploy.retention-days",
        Long.toString(StreamName.DEFAULT_RETENTION.toDays()),
        "Days that a stream keeps records, 1 to 365: an outage may last as long."),
    DOMAIN_NAME("deploy.domain-name", "", "Public name of the webhooks; empty = AWS's own."),
    CERTIFICATE_ARN("deploy.certificate-arn", "", "Certificate of that name, in the same region."),
    SLACK_WORKSPACE("deploy.slack-workspace-id", "", "Slack workspace for alerts; empty = none."),
    SLACK_CHANNEL("deploy.slack-channel-id", "", "Slack channel for alerts."),
    WORKERS_AT_LEAST("deploy.workers-at-least", "1", "Worker tasks when nothing is behind."),
    WORKERS_AT_MOST(
        "deploy.workers-at-most",
        "",
        "Worker tasks when much is behind; empty = as many as a stream has shards.");

    private final String key;
    private final String defaultText;
    private final String doc;

    Key(String key, String defaultText, String doc) {
      this.key = key;
      this.defaultText = defaultText;
      this.doc = doc;
    }

    String key() {
      return key;
    }

    String defaultText() {
      return defaultText;
    }

    String doc() {
      return doc;
    }
  }

  /** What a deployment cannot be made of; every problem on a line of its own. */
  static final class NotDeployable extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NotDeployable(List<String> problems) {
      super(String.join("\n", problems));
    }
  }

  Names names() {
    return settings.names();
  }

  /**
   * Reads a deployment.
   *
   * @param file the product's settings file
   * @param given by key, settings and {@link Key} alike; they win over the file
   * @throws SettingsLoader.InvalidSettings for settings that cannot be used
   * @throws NotDeployable for anything else that cannot
   */
  static Deployment read(Optional<Path> file, Map<String, String> given) {
    Reader reader = new Reader(given);
    SettingsLoader loader = new SettingsLoader();
    file.ifPresent(path -> loader.file(path, true));
    SettingsLoader.Loaded loaded =
        loader.values(reader.settings, "command line").load((aws, path) -> Map.of());
    return reader.deployment(loaded);
  }

  /** Reads a deployment's own keys, and collects what is wrong with them. */
  private static final class Reader {
    private final Map<String, String> own = new LinkedHashMap<>();
    private final Map<String, String> settings = new LinkedHashMap<>();
    private final List<String> problems = new ArrayList<>();

    Reader(Map<String, String> given) {
      Set<String> known = new HashSet<>();
      for (Key key : Key.values()) {
        known.add(key.key);
        own.put(key.key, key.defaultText);
      }
      given.forEach((key, value) -> {
        if (known.contains(key)) {
          own.put(key, value);
        } else if (key.startsWith("deploy.")) {
          problems.add(
              key + ": no such key; known: " + String.join(", ", known.stream().sorted().toList()));
        } else {
          settings.put(key, value);
        }
      });
    }

    Deployment deployment(SettingsLoader.Loaded loaded) {
      int shards = number(Key.SHARDS, 0, 10_000);
      int mostShards = shards == 0 ? SHARDS_ON_DEMAND : Math.max(1, shards);
      int atLeast = number(Key.WORKERS_AT_LEAST, 1, mostShards);
      int atMost =
          text(Key.WORKERS_AT_MOST).isEmpty()
              ? mostShards
              : number(Key.WORKERS_AT_MOST, atLeast, shards == 0 ? 10_000 : mostShards);
      Settings read = loaded.settings();
      Deployment deployment =
          new Deployment(
              read,
              parameters(loaded),
              path(loaded),
              shards,
              Duration.ofDays(number(Key.RETENTION_DAYS, 1, 365)),
              both(
                      Key.DOMAIN_NAME,
                      "[a-z0-9.-]{4,253}",
                      Key.CERTIFICATE_ARN,
                      "arn:aws[a-z-]*:acm:.+")
                  .map(pair -> new Domain(pair.get(0), pair.get(1))),
              both(Key.SLACK_WORKSPACE, "T[A-Z0-9]{6,20}", Key.SLACK_CHANNEL, "[CG][A-Z0-9]{6,20}")
                  .map(pair -> new Slack(pair.get(0), pair.get(1))),
              new Workers(atLeast, atMost));
      if (read.aws().local() || !read.aws().endpoints().isEmpty()) {
        problems.add("aws.local, aws.endpoints: are for a local AWS, not for a deployment");
      }
      if (!problems.isEmpty()) {
        throw new NotDeployable(problems);
      }
      return deployment;
    }

    /** What was given, except what a process needs before it can ask for its parameters. */
    private static Map<String, String> parameters(SettingsLoader.Loaded loaded) {
      Map<String, String> parameters = new LinkedHashMap<>();
      for (SettingsLoader.Effective setting : loaded.effective()) {
        String key = setting.key();
        boolean given = !setting.source().equals("default") && !setting.shown().isEmpty();
        if (given
            && !setting.secret()
            && !key.startsWith("aws.")
            && !key.equals("ssm.path")
            && !key.equals("name-prefix")) {
          parameters.put(key, setting.shown());
        }
      }
      return parameters;
    }

    /** Beside that of other deployments, never below it: everything below a path is read. */
    private static String path(SettingsLoader.Loaded loaded) {
      String prefix = loaded.settings().names().prefix();
      String given =
          loaded.effective().stream()
              .filter(s -> s.key().equals("ssm.path"))
              .map(SettingsLoader.Effective::shown)
              .findFirst()
              .orElse("");
      if (!given.isEmpty()) {
        return given.endsWith("/") ? given.substring(0, given.length() - 1) : given;
      }
      return prefix.isEmpty() ? PARAMETERS : PARAMETERS + "-" + prefix.replaceAll("[-_]+$", "");
    }

    private String text(Key key) {
      return own.getOrDefault(key.key, key.defaultText);
    }

    private int number(Key key, int least, int most) {
      try {
        int value = Integer.parseInt(text(key));
        if (value >= least && value <= most) {
          return value;
        }
      } catch (NumberFormatException notANumber) {
        // said below
      }
      problems.add("%s = %s: must be %d to %d".formatted(key.key, text(key), least, most));
      return least;
    }

    /** Two that make sense only together. */
    private Optional<List<String>> both(Key one, String oneLike, Key other, String otherLike) {
      if (text(one).isEmpty() && text(other).isEmpty()) {
        return Optional.empty();
      }
      Predicate<Key> bad = key -> !text(key).matches(key == one ? oneLike : otherLike);
      for (Key key : List.of(one, other)) {
        if (bad.test(key)) {
          problems.add(
              "%s = %s: must match %s, and goes with %s"
                  .formatted(
                      key.key,
                      text(key),
                      key == one ? oneLike : otherLike,
                      key == one ? other.key : one.key));
        }
      }
      return Optional.of(List.of(text(one), text(other)));
    }
  }
}
