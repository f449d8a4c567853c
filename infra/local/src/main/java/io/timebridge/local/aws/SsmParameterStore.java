package io.timebridge.local.aws;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * The parameters and their versions. Thread-safe.
 *
 * @implNote {@code lock} guards {@code parameters} and the lists in it.
 */
final class SsmParameterStore {
  static final int MAX_PARAMETERS = 10_000;
  static final int MAX_VALUE_BYTES = 4 * 1024;

  /** Older versions are forgotten, as in SSM. */
  private static final int MAX_VERSIONS = 100;

  private static final int MAX_LEVELS = 15;
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_.-]{1,1011}|(/[A-Za-z0-9_.-]+)+");

  /** The types of a parameter, spelled as the API does. */
  enum ParameterType {
    STRING("String"),
    STRING_LIST("StringList"),
    SECURE_STRING("SecureString");

    private final String apiName;

    ParameterType(String apiName) {
      this.apiName = apiName;
    }

    String apiName() {
      return apiName;
    }

    static ParameterType of(String apiName) {
      return Arrays.stream(values())
          .filter(t -> t.apiName.equals(apiName))
          .findFirst()
          .orElseThrow(() ->
              ServiceError.of(
                  "ValidationException",
                  "Type must be String, StringList or SecureString, not " + apiName));
    }
  }

  /** One version of a parameter. */
  record Parameter(
      String name,
      ParameterType type,
      String value,
      long version,
      Instant at,
      Optional<String> description) {
    @Override
    public String toString() {
      return name + ":" + version; // the value may be a secret
    }
  }

  private final ReentrantLock lock = new ReentrantLock();
  private final TreeMap<String, List<Parameter>> parameters = new TreeMap<>();
  private final InstantSource clock;

  SsmParameterStore(InstantSource clock) {
    this.clock = clock;
  }

  /**
   * Writes the next version.
   *
   * @param type may be absent where the parameter exists
   * @throws ServiceError ParameterAlreadyExists, ValidationException, ParameterLimitExceeded
   */
  Parameter put(
      String name,
      Optional<ParameterType> type,
      String value,
      Optional<String> description,
      boolean overwrite) {
    check(name);
    if (value.isEmpty() || value.getBytes(StandardCharsets.UTF_8).length > MAX_VALUE_BYTES) {
      throw ServiceError.of(
          "ValidationException",
          "Standard tier parameters support a maximum parameter value of "
              + MAX_VALUE_BYTES
              + " bytes and at least 1");
    }
    return locked(() -> {
      List<Parameter> versions = parameters.get(name);
      if (versions != null && !overwrite) {
        throw ServiceError.of(
            "ParameterAlreadyExists",
            "The parameter already exists. To overwrite this value, set the overwrite option"
                + " in the request to true.");
      }
      if (versions == null && parameters.size() >= MAX_PARAMETERS) {
        throw ServiceError.of(
            "ParameterLimitExceeded", "at most " + MAX_PARAMETERS + " parameters");
      }
      ParameterType kind =
          type.or(() -> Optional.ofNullable(versions).map(v -> v.getLast().type()))
              .orElseThrow(() ->
                  ServiceError.of(
                      "ValidationException",
                      "A parameter type is required when you create a parameter."));
      long version = versions == null ? 1 : versions.getLast().version() + 1;
      Parameter made = new Parameter(name, kind, value, version, clock.instant(), description);
      List<Parameter> all = parameters.computeIfAbsent(name, n -> new ArrayList<>());
      all.add(made);
      if (all.size() > MAX_VERSIONS) {
        all.removeFirst();
      }
      return made;
    });
  }

  private static void check(String name) {
    if (!NAME.matcher(name).matches()
        || name.length() > 1011
        || name.chars().filter(c -> c == '/').count() > MAX_LEVELS) {
      throw ServiceError.of(
          "ValidationException",
          "Parameter name: can't be prefixed with \"ssm\" (case-insensitive). If formed as a path,"
              + " it can consist of sub-paths divided by slash symbol; each sub-path can be formed"
              + " as a mix of letters, numbers and the following 3 symbols .-_");
    }
    String first = name.startsWith("/") ? name.substring(1) : name;
    if (first.regionMatches(true, 0, "aws", 0, 3) || first.regionMatches(true, 0, "ssm", 0, 3)) {
      throw ServiceError.of(
          "ValidationException", "a name must not begin with aws or ssm: " + name);
    }
  }

  /**
   * The newest version of {@code name}, or that of {@code name:version}.
   *
   * @throws ServiceError ParameterVersionNotFound where only the version is missing
   */
  Optional<Parameter> find(String selector) {
    int colon = selector.lastIndexOf(':');
    String name = colon < 0 ? selector : selector.substring(0, colon);
    String version = colon < 0 ? "" : selector.substring(colon + 1);
    return locked(() -> {
      List<Parameter> versions = parameters.get(name);
      if (versions == null) {
        return Optional.empty();
      }
      if (colon < 0) {
        return Optional.of(versions.getLast());
      }
      return Optional.of(
          versions.stream()
              .filter(p -> String.valueOf(p.version()).equals(version))
              .findFirst()
              .orElseThrow(() ->
                  ServiceError.of(
                      "ParameterVersionNotFound",
                      "Systems Manager could not find version " + version + " of " + name)));
    });
  }

  /**
   * The newest version of every parameter after {@code after} in the order of names, at most {@code
   * limit} that {@code wanted} accepts.
   */
  List<Parameter> list(String after, int limit, Predicate<Parameter> wanted) {
    return locked(() ->
        parameters.tailMap(after, false).values().stream()
            .map(List::getLast)
            .filter(wanted)
            .limit(limit)
            .toList());
  }

  /** Removes all versions; false when there were none. */
  boolean delete(String name) {
    return locked(() -> parameters.remove(name) != null);
  }

  private <T> T locked(Supplier<T> action) {
    lock.lock();
    try {
      return action.get();
    } finally {
      lock.unlock();
    }
  }
}
