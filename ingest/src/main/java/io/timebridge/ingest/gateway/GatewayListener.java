package io.timebridge.ingest.gateway;

/**
 * Is told of every answer of the gateway, on the answering thread; must neither block nor throw.
 */
@FunctionalInterface
interface GatewayListener {
  GatewayListener NONE = (route, status, nanos) -> {};

  /**
   * @param route of a webhook, {@code state}, or {@code unknown}
   * @param nanos from the request's head to its answer; 0 where the request was refused before it
   *     could be read
   */
  void answered(String route, int status, long nanos);
}
