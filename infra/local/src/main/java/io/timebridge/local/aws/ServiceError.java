package io.timebridge.local.aws;

/** A request that a local service refuses, in the terms of the service it stands for. */
final class ServiceError extends RuntimeException {
  private final int status;
  private final String code;

  ServiceError(int status, String code, String message) {
    super(message, null, false, false);
    this.status = status;
    this.code = code;
  }

  /** The usual case: 400. */
  static ServiceError of(String code, String message) {
    return new ServiceError(400, code, message);
  }

  int status() {
    return status;
  }

  /** The name the SDK maps to an exception. */
  String code() {
    return code;
  }

  String text() {
    String message = getMessage();
    return message == null ? code : message;
  }
}
