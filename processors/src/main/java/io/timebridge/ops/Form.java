package io.timebridge.ops;

import io.helidon.common.media.type.MediaType;
import io.helidon.common.media.type.MediaTypes;
import io.helidon.common.parameters.Parameters;
import io.helidon.http.BadRequestException;
import io.helidon.http.ForbiddenException;
import io.helidon.http.HttpException;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import io.timebridge.ops.Sessions.Session;
import io.timebridge.settings.Secret;
import java.util.List;

/** What a person sent with one of our forms. */
final class Form {
  static final String KEY = "form-key";

  private static final MediaType FORM = MediaTypes.APPLICATION_FORM_URLENCODED;

  private final Parameters fields;

  private Form(Parameters fields) {
    this.fields = fields;
  }

  /**
   * The request's body; without one a form without fields.
   *
   * @throws HttpException when it is something else than a form
   */
  static Form read(ServerRequest request) {
    if (!request.content().hasEntity()) {
      return new Form(Parameters.empty("form"));
    }
    try {
      if (!request.headers().contentType().map(type -> type.test(FORM)).orElse(true)) {
        throw new HttpException("a form is wanted", Status.UNSUPPORTED_MEDIA_TYPE_415);
      }
      return new Form(request.content().as(Parameters.class));
    } catch (IllegalArgumentException malformed) {
      throw new BadRequestException("that is no form", malformed);
    }
  }

  /** As the guard has read it. */
  static Form of(ServerRequest request) {
    return request
        .context()
        .get(Form.class)
        .orElseThrow(() -> new IllegalStateException("the guard reads every form"));
  }

  /**
   * @throws ForbiddenException when it is not a form of this session
   */
  static Form of(ServerRequest request, Session session) {
    Form form = of(request);
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
