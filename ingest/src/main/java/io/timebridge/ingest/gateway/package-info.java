/**
 * The webhook gateway: HTTP in, signature and shape checked at the door, and an answer only after
 * Kinesis has acknowledged. {@link io.timebridge.ingest.gateway.WebhookGateway} is the door, {@link
 * io.timebridge.ingest.gateway.GatewayMain} wires it.
 */
@NullMarked
package io.timebridge.ingest.gateway;

import org.jspecify.annotations.NullMarked;
