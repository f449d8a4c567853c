package io.timebridge.ops;

import io.helidon.common.parameters.Parameters;
import io.helidon.http.BadRequestException;
import io.helidon.http.ForbiddenException;
import io.helidon.webserver.http.ServerRequest;
import io.timebridge.ops.Sessions.Session;
import io.timebridge.settings.Secret;
import java.util.List;

/** What a person sent with one of our forms. */
final class Form {
  static final String KEY = "form-key";

  private final Parameters fields;

  private Form(Parameters fields) {
    this.fields = fields;
  }

  /** Of a request without a session yet. */
  static Form read(ServerRequest request) {
    return new Form(request.content().as(Parameters.class));
  }

  /**
   * @throws ForbiddenException when it is not a form of this session
   */
  static Form read(ServerRequest request, Session session) {
    Form form = read(request);
    if (!session.isProgram() && !session.formKey().equals(new Secret(form.text(KEY)))) {
      throw new ForbiddenException("this form is of another session; load the page again");
    }
    return form;
  }

  /** Empty when the field was not sent. */
  String text(String field) {
    return fields.first(field).orElse("").strip();
  }

  /**
   * @throws BadRequestException when it has not 1 to {@code most} characters
   */
  String text(String field, int most) {
    String text = text(field);
    if (text.isEmpty() || text.length() > most) {
      throw new BadRequestException(
          "%s has %d characters: must be 1 to %d".formatted(field, text.length(), most));
    }
    return text;
  }

  List<String> all(String field) {
    return fields.contains(field) ? fields.all(field) : List.of();
  }
}
