/**
 * Work that one process of the fleet does at a time. Its door is {@link
 * io.timebridge.turn.DynamoDbTurn}.
 */
@NullMarked
package io.timebridge.turn;

import org.jspecify.annotations.NullMarked;
