package io.timebridge.services.second;

import io.timebridge.services.ServiceTrouble;
import io.timebridge.services.ServiceTrouble.Kind;
import io.timebridge.services.gate.Ending;
import io.timebridge.services.gate.ServiceGate;
import io.timebridge.services.http.Encoded;
import io.timebridge.services.http.HttpAnswer;
import io.timebridge.services.http.HttpCall;
import io.timebridge.services.http.LooseJson;
import io.timebridge.services.http.ServiceHttp;
import io.timebridge.settings.Settings;
import java.time.InstantSource;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import tools.jackson.databind.JsonNode;

/**
 * SecondService over HTTP. Thread-safe; one per process, since it holds the process's sessions.
 *
 * <p>A call whose session the service refuses is made once more in a new one; refused again it ends
 * in {@link Kind#NOT_DONE}. A business error is an answer. Of the error statuses, those of {@link
 * Settings.SecondService#notAppliedStatuses()} leave a changing call not done, all others leave its
 * outcome unknown, as does any answer that cannot be read.
 */
public final class HttpSecondService implements SecondService, AutoCloseable {
  private static final String SERVICE = "SecondService";

  private final Settings.SecondService settings;
  private final ServiceGate gate;
  private final ServiceHttp http;
  private final SessionPool sessions;
  private final BooleanSupplier maySend;

  /**
   * @param gate shared by everything in the process that calls SecondService
   * @param clock for pauses between logins and for dates in Retry-After
   */
  public HttpSecondService(Settings.SecondService settings, ServiceGate gate, InstantSource clock) {
    this(settings, gate, clock, RandomGenerator.getDefault());
  }

  HttpSecondService(
      Settings.SecondService settings,
      ServiceGate gate,
      InstantSource clock,
      RandomGenerator random) {
    this.settings = settings;
    this.gate = gate;
    this.http = new ServiceHttp(SERVICE, settings.gate().callTimeout(), gate, clock);
    Login login = new Login(settings, http);
    this.sessions = new SessionPool(settings.sessions(), login::attempt, clock, random);
    this.maySend = HttpCall.ANY_TIME;
  }

  private HttpSecondService(HttpSecondService shared, BooleanSupplier maySend) {
    this.settings = shared.settings;
    this.gate = shared.gate;
    this.http = shared.http;
    this.sessions = shared.sessions;
    this.maySend = maySend;
  }

  /** Shares everything with this one but the condition; needs no closing of its own. */
  @Override
  public SecondService sendingOnlyWhile(BooleanSupplier condition) {
    BooleanSupplier before = maySend;
    return new HttpSecondService(this, () -> before.getAsBoolean() && condition.getAsBoolean());
  }

  @Override
  public void requireOpen() throws ServiceTrouble {
    gate.requireOpen();
    sessions.requireSessions();
  }

  @Override
  public void admit() throws ServiceTrouble {
    sessions.requireSessions();
    gate.admit();
  }

  /** What the logins of this process have told of the credentials. */
  public LastLogin lastLogin() {
    return sessions.lastLogin();
  }

  @Override
  public Answer add(Timesheet timesheet) throws ServiceTrouble, InterruptedException {
    return change("add", TimesheetForm.of(timesheet));
  }

  @Override
  public Answer update(long timesheetId, Timesheet timesheet)
      throws ServiceTrouble, InterruptedException {
    Map<String, String> form = TimesheetForm.of(timesheet);
    form.put("idTimesheet", Long.toString(timesheetId));
    return change("update", form);
  }

  @Override
  public Answer delete(long timesheetId) throws ServiceTrouble, InterruptedException {
    return change("delete", Map.of("idTimesheet", Long.toString(timesheetId)));
  }

  @Override
  public List<ReportedTimesheet> timesheets(long personId, LocalDate from, LocalDate to)
      throws ServiceTrouble, InterruptedException {
    Map<String, String> query = asUser(true);
    query.put("cmd", "run");
    query.put("gidReport", "TimesheetListCustomizable");
    query.put("boolSaveState", "0");
    query.put("idPersonnel", Long.toString(personId));
    query.put("dtFromTimesheet", from.toString());
    query.put("dtToTimesheet", to.toString());
    return list("timesheet report", "reports/", query, Listings::timesheets);
  }

  @Override
  public List<Task> tasks(long jobId) throws ServiceTrouble, InterruptedException {
    Map<String, String> query = asUser(false);
    query.put("cmd", "list");
    query.put("idJob", Long.toString(jobId));
    return switch (listOrRefusal("tasks", "Task/", query, Listings::tasks)) {
      case Listed.Rows<Task>(List<Task> tasks) -> tasks;
      case Listed.Refused<Task>(Answer.Refused refused)
          when refused.reason() == Reason.UNKNOWN_JOB ->
          List.of();
      case Listed.Refused<Task>(Answer.Refused refused) -> throw refusal("tasks", refused);
    };
  }

  @Override
  public List<Job> openJobs() throws ServiceTrouble, InterruptedException {
    Map<String, String> query = asUser(true);
    query.put("cmd", "list");
    query.put("boolArchived", "0");
    query.put("boolClosed", "0");
    return list("open jobs", "job/", query, Listings::jobs);
  }

  @Override
  public List<Client> clients() throws ServiceTrouble, InterruptedException {
    Map<String, String> query = asUser(true);
    query.put("cmd", "list");
    query.put("boolArchived", "0");
    return list("clients", "client/", query, Listings::clients);
  }

  /** Breaks off every call under way, in all views of this service. */
  @Override
  public void close() {
    http.close();
  }

  /** Makes a listing of a JSON object without an {@code error}. */
  @FunctionalInterface
  private interface ListReader<T> {
    List<T> read(HttpAnswer answer, JsonNode body) throws ServiceTrouble;
  }

  private Map<String, String> asUser(boolean withOrganisation) {
    Map<String, String> query = new LinkedHashMap<>();
    if (withOrganisation) {
      query.put("o", settings.organisation());
    }
    query.put("i", settings.username());
    return query;
  }

  private Answer change(String command, Map<String, String> form)
      throws ServiceTrouble, InterruptedException {
    Map<String, String> query = asUser(false);
    query.put("cmd", command);
    HttpCall call =
        HttpCall.send(
                "timesheet " + command,
                "POST",
                Api.at(settings.url(), "timesheet/", query),
                Encoded.form(form))
            .sendingOnlyWhile(maySend);
    return inSession(
        call,
        (answer, body, error) ->
            error
                .<Answer>map(BusinessError::read)
                .orElseGet(() ->
                    new Answer.Done(
                        Math.max(0, LooseJson.whole(body.path("idTimesheet")).orElse(0)))));
  }

  private <T> List<T> list(
      String what, String path, Map<String, String> query, ListReader<T> reader)
      throws ServiceTrouble, InterruptedException {
    return switch (listOrRefusal(what, path, query, reader)) {
      case Listed.Rows<T>(List<T> rows) -> rows;
      case Listed.Refused<T>(Answer.Refused refused) -> throw refusal(what, refused);
    };
  }

  private <T> Listed<T> listOrRefusal(
      String what, String path, Map<String, String> query, ListReader<T> reader)
      throws ServiceTrouble, InterruptedException {
    HttpCall call = HttpCall.get(what, Api.at(settings.url(), path, query), HttpCall.LIST_BYTES);
    return inSession(
        call,
        (answer, body, error) ->
            error.isPresent()
                ? new Listed.Refused<>(BusinessError.read(error.get()))
                : new Listed.Rows<>(reader.read(answer, body)));
  }

  private static ServiceTrouble refusal(String what, Answer.Refused refused) {
    return new ServiceTrouble(
        Kind.NOT_DONE, "%s %s: refused: %s".formatted(SERVICE, what, refused.message()));
  }

  /** A listing, or the business error that came in its place. */
  private sealed interface Listed<T> {
    record Rows<T>(List<T> rows) implements Listed<T> {}

    record Refused<T>(Answer.Refused refused) implements Listed<T> {}
  }

  /** Reads a JSON object that is not a session refusal. */
  @FunctionalInterface
  private interface BodyReader<T> {
    T read(HttpAnswer answer, JsonNode body, Optional<String> error) throws ServiceTrouble;
  }

  /** Empty = the session was refused. */
  private <T> Ending<Optional<T>> read(HttpAnswer answer, BodyReader<T> reader)
      throws ServiceTrouble {
    if (SessionRefusal.isRefusal(answer)) {
      return new Ending.Answered<>(Optional.empty());
    }
    if (!answer.isSuccess()) {
      Kind kind =
          settings.notAppliedStatuses().contains(answer.status()) ? Kind.NOT_DONE : Kind.UNKNOWN;
      ServiceTrouble trouble = answer.trouble(kind, "answered with an error status");
      if (answer.status() == 429) {
        return new Ending.NotCounted<>(trouble);
      }
      throw trouble;
    }
    JsonNode body = answer.jsonObject();
    Optional<String> error = ErrorText.of(body);
    if (error.filter(SessionRefusal::isRefusal).isPresent()) {
      return new Ending.Answered<>(Optional.empty());
    }
    return new Ending.Answered<>(Optional.of(reader.read(answer, body, error)));
  }

  private <T> T inSession(HttpCall call, BodyReader<T> reader)
      throws ServiceTrouble, InterruptedException {
    return gate.inPlace(
        call.what(),
        place -> {
          SessionPool.Slot slot = sessions.of(place);
          for (int attempt = 1; attempt <= 2; attempt++) {
            Session session = slot.open(place);
            Optional<T> read =
                http.call(
                    place,
                    call.withHeader("Cookie", session.cookie()),
                    answer -> {
                      if (SessionRefusal.isDoubtful(answer)) {
                        slot.refused(session);
                      }
                      return read(answer, reader);
                    });
            if (read.isPresent()) {
              slot.worked(session);
              return read.get();
            }
            slot.refused(session);
          }
          throw new ServiceTrouble(
              Kind.NOT_DONE,
              "%s %s: its session was refused twice".formatted(SERVICE, call.what()));
        });
  }
}
