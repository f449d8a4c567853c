package io.timebridge.settings;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigValue;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.stream.Collectors;

/**
 * Reads the settings: defaults, then a file (HOCON), then (where no file was named) the running
 * local system's file, then overrides given by the caller, then the environment ({@code
 * TIMEBRIDGE_...}), then SSM below {@code ssm.path} when that is set. A later source wins. Unknown
 * keys are problems too: a misspelt key must not pass for a default.
 */
public final class SettingsLoader {
  /** Reads the parameters below a path: name relative to it, with slashes -> value. */
  public interface ParameterSource extends BiFunction<Settings.Aws, String, Map<String, String>> {}

  /** A value with where it came from, masked when it is a secret. */
  public record Effective(
      String key, String shown, String source, String allowed, String doc, boolean secret) {}

  /** What was loaded. {@code effective} has every key, in a stable order. */
  public record Loaded(Settings settings, List<Effective> effective) {}

  private final Map<String, Value> values = new LinkedHashMap<>();
  private final List<String> problems = new ArrayList<>();

  private record Value(String text, String source) {}

  /** Every problem found, one line each; the message holds them all. */
  public static final class InvalidSettings extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final transient List<String> problems;

    InvalidSettings(List<String> problems) {
      super(
          "%d setting%s not usable:%n%s"
              .formatted(
                  problems.size(),
                  problems.size() == 1 ? " is" : "s are",
                  problems.stream().map(p -> "  " + p).collect(Collectors.joining("\n"))));
      this.problems = List.copyOf(problems);
    }

    public List<String> problems() {
      return problems;
    }
  }

  /** The keys of all settings, in a stable order. */
  public static List<String> keys() {
    return Keys.all().stream().map(Setting::key).toList();
  }

  /**
   * The environment variable of a setting.
   *
   * @throws IllegalArgumentException when there is no such setting
   */
  public static String environmentName(String key) {
    return known(key).environmentName();
  }

  /**
   * The name of a setting in Parameter Store.
   *
   * @param path what {@code ssm.path} is
   * @throws IllegalArgumentException when there is no such setting
   */
  public static String parameterName(String path, String key) {
    String below = known(key).key().replace('.', '/');
    return path.endsWith("/") ? path + below : path + "/" + below;
  }

  private static Setting<?> known(String key) {
    return Keys.find(key)
        .orElseThrow(() -> new IllegalArgumentException("no such setting: " + key));
  }

  /** Adds a file; a file that is not there is a problem only when {@code required}. */
  public SettingsLoader file(Path path, boolean required) {
    if (!Files.isRegularFile(path)) {
      if (required) {
        problems.add("%s: no such file".formatted(path));
      }
      return this;
    }
    try {
      Config config = ConfigFactory.parseFile(path.toAbsolutePath().toFile()).resolve();
      for (Map.Entry<String, ConfigValue> e : config.entrySet()) {
        put(e.getKey().replace("\"", ""), text(e.getValue()), path.toString());
      }
    } catch (ConfigException unreadable) {
      problems.add(unreadable(path, unreadable));
    }
    return this;
  }

  /** Adds values by key; {@code source} names them to people. */
  public SettingsLoader values(Map<String, String> byKey, String source) {
    byKey.forEach((key, text) -> put(key, text, source));
    return this;
  }

  /** What was added so far, by key and as it was written, secrets too. */
  public Map<String, String> given() {
    Map<String, String> given = new LinkedHashMap<>();
    values.forEach((key, value) -> given.put(key, value.text()));
    return given;
  }

  /** Adds {@code TIMEBRIDGE_...} variables; others are none of our business. */
  public SettingsLoader environment(Map<String, String> variables) {
    Map<String, Setting<?>> byName =
        Keys.all().stream().collect(Collectors.toMap(Setting::environmentName, s -> s));
    variables.forEach((name, text) -> {
      if (!name.startsWith("TIMEBRIDGE_") || NOT_SETTINGS.contains(name)) {
        return;
      }
      Setting<?> setting = byName.get(name);
      if (setting == null) {
        problems.add("%s: no such setting%s".formatted(name, didYouMean(name, byName.keySet())));
      } else {
        values.put(setting.key(), new Value(text, "environment " + name));
      }
    });
    return this;
  }

  /** Variables of the launcher, not of the product. */
  private static final List<String> NOT_SETTINGS =
      List.of("TIMEBRIDGE_JAVA_OPTS", "TIMEBRIDGE_LOG_LEVEL");

  /**
   * Reads everything.
   *
   * @param parameters asked only when {@code ssm.path} is set
   * @throws InvalidSettings naming every problem at once
   */
  public Loaded load(ParameterSource parameters) {
    String ssmPath = read(Keys.SSM_PATH).orElse("");
    if (!ssmPath.isEmpty() && problems.isEmpty()) {
      Settings.Aws aws = Keys.tree(new Reader()).aws();
      if (problems.stream().noneMatch(problem -> problem.startsWith("aws."))) {
        problems.clear(); // a parameter may replace what is wrong; everything is read again below
        parameters
            .apply(aws, ssmPath)
            .forEach(
                (name, text) -> put(name.replace('/', '.'), text, "ssm " + ssmPath + "/" + name));
      }
    }
    Reader reader = new Reader();
    Settings settings = Keys.tree(reader);
    Keys.all().forEach(this::read);
    if (!problems.isEmpty()) {
      throw new InvalidSettings(problems.stream().distinct().toList());
    }
    return new Loaded(settings, Keys.all().stream().map(this::effective).toList());
  }

  /**
   * The usual sources of a process started in {@code folder}.
   *
   * @param file a file named by the user: it is read instead of the usual one, and a local system
   *     that runs in the folder is then left out
   */
  public static SettingsLoader standard(Path folder, Optional<Path> file, Map<String, String> env) {
    SettingsLoader loader = new SettingsLoader();
    if (file.isPresent()) {
      loader.file(file.get(), true);
    } else {
      loader.file(folder.resolve(Settings.DEFAULT_FILE), false);
      loader.running(folder.resolve(Settings.RUNNING_FILE));
    }
    return loader.environment(env);
  }

  /** Adds the running local system's file, unless the process that wrote it is gone. */
  SettingsLoader running(Path path) {
    if (!Files.isRegularFile(path)) {
      return this;
    }
    try {
      Config config = ConfigFactory.parseFile(path.toAbsolutePath().toFile());
      boolean alive =
          config.hasPath("up.pid")
              && config.hasPath("up.started")
              && runs(config.getLong("up.pid"), config.getString("up.started"));
      if (alive && config.hasPath("settings")) {
        for (Map.Entry<String, ConfigValue> e : config.getConfig("settings").entrySet()) {
          put(e.getKey().replace("\"", ""), text(e.getValue()), path.toString());
        }
      }
    } catch (ConfigException unreadable) {
      problems.add(unreadable(path, unreadable));
    }
    return this;
  }

  /** Whether that very process still runs; its number alone may be another's by now. */
  private static boolean runs(long pid, String started) {
    return ProcessHandle.of(pid)
        .filter(ProcessHandle::isAlive)
        .filter(process -> startOf(process).equals(started))
        .isPresent();
  }

  /** When a process was started, as {@code up.started} holds it. */
  public static String startOf(ProcessHandle process) {
    return process.info().startInstant().map(Instant::toString).orElse("unknown");
  }

  /** Without the parser's own message: it quotes the line, which may hold a secret. */
  private static String unreadable(Path path, ConfigException cause) {
    boolean known = cause.origin() != null && cause.origin().lineNumber() > 0;
    return "%s%s: not readable as HOCON (key = value, one per line)"
        .formatted(path, known ? ", line " + cause.origin().lineNumber() : "");
  }

  private void put(String key, String text, String source) {
    if (Keys.find(key).isPresent()) {
      values.put(key, new Value(text, source));
    } else {
      List<String> keys = Keys.all().stream().map(Setting::key).toList();
      problems.add("%s (%s): no such setting%s".formatted(key, source, didYouMean(key, keys)));
    }
  }

  private Effective effective(Setting<?> setting) {
    Value value = values.getOrDefault(setting.key(), new Value(setting.defaultText(), "default"));
    String shown = setting.secret() ? new Secret(value.text()).toString() : value.text();
    return new Effective(
        setting.key(), shown, value.source(), setting.allowed(), setting.doc(), setting.secret());
  }

  private <T> Optional<T> read(Setting<T> setting) {
    Value value = values.get(setting.key());
    if (value == null || value.text().equals(setting.defaultText())) {
      return setting.defaultText().isEmpty() && !readsEmpty(setting)
          ? Optional.empty()
          : Optional.of(setting.reader().apply(setting.defaultText()));
    }
    try {
      return Optional.of(setting.reader().apply(value.text()));
    } catch (RuntimeException notAllowed) { // whatever a reader throws means: not this text
      String shown = setting.secret() ? "(a secret)" : "\"" + shown(value.text()) + "\"";
      problems.add(
          "%s = %s (%s): allowed: %s"
              .formatted(setting.key(), shown, value.source(), setting.allowed()));
      return Optional.empty();
    }
  }

  /** A refused value on one line, cut, and without the password that an address may carry. */
  private static String shown(String text) {
    String safe = text.replaceAll("//[^/?#]*@", "//***@").replaceAll("\\p{Cntrl}", " ");
    return safe.length() > 200 ? safe.substring(0, 200) + "..." : safe;
  }

  private static boolean readsEmpty(Setting<?> setting) {
    return !setting.allowed().endsWith(", or empty") || setting.equals(Keys.SSM_PATH);
  }

  private static String text(ConfigValue value) {
    if (value instanceof ConfigList list) {
      return list.stream().map(v -> String.valueOf(v.unwrapped())).collect(Collectors.joining(","));
    }
    return String.valueOf(value.unwrapped());
  }

  private static String didYouMean(String wrong, Iterable<String> known) {
    List<String> near = new ArrayList<>();
    known.forEach(near::add);
    return near.stream()
        .min(Comparator.comparingInt(k -> distance(wrong, k)))
        .filter(k -> distance(wrong, k) <= 4)
        .map(k -> " (did you mean " + k + "?)")
        .orElse("; `./timebridge settings` lists all");
  }

  /** Levenshtein distance. */
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int cost = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        int next = Math.min(Math.min(row[j] + 1, row[j - 1] + 1), diagonal + cost);
        diagonal = row[j];
        row[j] = next;
      }
    }
    return row[b.length()];
  }

  private final class Reader implements Keys.Values {
    @Override
    public <T> T get(Setting<T> setting) {
      return read(setting).orElseGet(() -> setting.reader().apply(setting.defaultText()));
    }

    @Override
    public <T> Optional<T> find(Setting<T> setting) {
      return read(setting);
    }
  }
}
