package io.timebridge.timesheet;

import io.timebridge.stream.EntryId;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * What of a FirstService entry matters to its timesheet.
 *
 * @param userId FirstService's id of the person
 * @param projectId FirstService's id of the project; 0 = not said
 * @param projectExternalId job id, or empty
 * @param clientExternalId client id, or empty
 * @param seconds duration
 * @param day the person's own calendar day, taken as given
 * @param labelIds as chosen, leaves and parents
 * @param ignored why the entry is not to be booked whatever it holds (draft, running timer); empty
 *     = it is
 * @param names for people; no part of what is booked
 */
public record EntryContent(
    EntryId id,
    long userId,
    long projectId,
    String projectExternalId,
    String clientExternalId,
    long seconds,
    LocalDate day,
    String note,
    List<Long> labelIds,
    Optional<String> ignored,
    Names names) {

  /**
   * What people call the project and the person; empty where FirstService does not say. At most
   * {@value #LONGEST} characters of each, without control characters.
   */
  public record Names(String project, String person) {
    static final int LONGEST = 120;

    public Names {
      project = shown(project);
      person = shown(person);
    }

    private static String shown(String text) {
      String line = text.replaceAll("\\p{Cntrl}", " ").strip();
      return line.codePointCount(0, line.length()) <= LONGEST
          ? line
          : line.substring(0, line.offsetByCodePoints(0, LONGEST));
    }
  }

  /** Without names. */
  public EntryContent(
      EntryId id,
      long userId,
      long projectId,
      String projectExternalId,
      String clientExternalId,
      long seconds,
      LocalDate day,
      String note,
      List<Long> labelIds,
      Optional<String> ignored) {
    this(
        id,
        userId,
        projectId,
        projectExternalId,
        clientExternalId,
        seconds,
        day,
        note,
        labelIds,
        ignored,
        new Names("", ""));
  }

  /** Longest entry that can be true: the seconds of a week. */
  private static final long MAX_SECONDS = 7 * 24 * 3600L;

  public EntryContent {
    labelIds = List.copyOf(labelIds);
  }

  /** An entry that cannot be read; the message names the field. */
  public static final class Unreadable extends Exception {
    private static final long serialVersionUID = 1L;

    Unreadable(String message) {
      super(message);
    }
  }

  /**
   * Reads an entry as FirstService sends it (CONTRACTS: durations as an object or as plain seconds,
   * numbers now and then as text).
   */
  public static EntryContent read(EntryId id, JsonNode event) throws Unreadable {
    JsonNode project = event.path("project");
    return new EntryContent(
        id,
        number(event.path("user").path("id"), "user.id"),
        project.path("id").canConvertToLong() ? project.path("id").longValue() : 0,
        text(project.path("external_id")),
        text(project.path("client").path("external_id")),
        seconds(event.path("duration")),
        day(event.path("day")),
        text(event.path("note")),
        labels(event.path("label_ids")),
        ignored(event),
        new Names(text(project.path("name")), text(event.path("user").path("name"))));
  }

  /**
   * Stable over restarts and releases: two versions with the same hash need the same timesheet. The
   * project counts as the job it stands for.
   */
  public String hash() {
    StringBuilder all = new StringBuilder();
    for (Object part :
        List.of(
            userId, projectExternalId, clientExternalId, seconds, day, labelIds, ignored, note)) {
      all.append(part).append('\u001f');
    }
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256")
              .digest(all.toString().getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, 12);
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every Java runtime has SHA-256", impossible);
    }
  }

  private static Optional<String> ignored(JsonNode event) {
    if (event.path("draft").asBoolean(false)) {
      return Optional.of("draft");
    }
    String timer = event.path("timer_state").asString("");
    return timer.equals("running") || timer.equals("start")
        ? Optional.of("running-timer")
        : Optional.empty();
  }

  private static long seconds(JsonNode duration) throws Unreadable {
    long seconds =
        number(
            duration.isObject() ? duration.path("total_seconds") : duration,
            duration.isObject() ? "duration.total_seconds" : "duration");
    if (seconds < 0 || seconds > MAX_SECONDS) {
      throw new Unreadable("duration: not between 0 and a week: " + seconds + " s");
    }
    return seconds;
  }

  private static LocalDate day(JsonNode day) throws Unreadable {
    try {
      return LocalDate.parse(day.asString(""));
    } catch (DateTimeParseException notADay) {
      throw new Unreadable("day: missing or not YYYY-MM-DD");
    }
  }

  private static List<Long> labels(JsonNode ids) throws Unreadable {
    List<Long> labels = new ArrayList<>();
    for (JsonNode id : ids) {
      labels.add(number(id, "label_ids"));
    }
    return labels;
  }

  private static long number(JsonNode node, String field) throws Unreadable {
    if (node.isIntegralNumber() && node.canConvertToLong()) {
      return node.longValue();
    }
    if (node.isString() && node.stringValue().matches("[0-9]{1,18}")) {
      return Long.parseLong(node.stringValue());
    }
    throw new Unreadable(field + ": missing or not a whole number");
  }

  private static String text(JsonNode node) {
    return node.isNull() || node.isMissingNode() ? "" : node.asString("");
  }
}
