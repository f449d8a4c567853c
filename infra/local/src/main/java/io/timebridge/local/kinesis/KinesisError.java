package io.timebridge.local.kinesis;

/**
 * An answer of the service that says no: the error type the SDK turns into its typed exception, and
 * the reason.
 */
final class KinesisError extends RuntimeException {

  /** The error types the service knows, as the SDK names them. */
  enum Type {
    RESOURCE_NOT_FOUND("ResourceNotFoundException", 400),
    RESOURCE_IN_USE("ResourceInUseException", 400),
    LIMIT_EXCEEDED("LimitExceededException", 400),
    INVALID_ARGUMENT("InvalidArgumentException", 400),
    VALIDATION("ValidationException", 400),
    SERIALIZATION("SerializationException", 400),
    UNKNOWN_OPERATION("UnknownOperationException", 400),
    THROUGHPUT_EXCEEDED("ProvisionedThroughputExceededException", 400),
    EXPIRED_ITERATOR("ExpiredIteratorException", 400),
    EXPIRED_NEXT_TOKEN("ExpiredNextTokenException", 400),
    INTERNAL_FAILURE("InternalFailure", 500);

    private final String code;
    private final int status;

    Type(String code, int status) {
      this.code = code;
      this.status = status;
    }

    String code() {
      return code;
    }

    int status() {
      return status;
    }
  }

  private final Type type;
  private final String reason;

  KinesisError(Type type, String reason) {
    super(type.code() + ": " + reason, null, false, false);
    this.type = type;
    this.reason = reason;
  }

  Type type() {
    return type;
  }

  String reason() {
    return reason;
  }

  static KinesisError invalid(String reason) {
    return new KinesisError(Type.INVALID_ARGUMENT, reason);
  }

  /** A field that breaks the model's constraint, worded as the service words it. */
  static KinesisError constraint(String field, String value, String rule) {
    return new KinesisError(
        Type.VALIDATION,
        "1 validation error detected: Value "
            + value
            + " at '"
            + field
            + "' failed to satisfy constraint: Member must "
            + rule);
  }

  static KinesisError notFound(String reason) {
    return new KinesisError(Type.RESOURCE_NOT_FOUND, reason);
  }
}
