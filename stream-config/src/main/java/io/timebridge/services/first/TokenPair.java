package io.timebridge.services.first;

import io.timebridge.settings.Secret;
import java.time.Instant;
import java.util.Optional;

/**
 * FirstService's tokens. Its text form shows neither.
 *
 * @param access sent with every call; may be empty when only a refresh token is known
 * @param refresh good for one refresh; may be empty
 * @param expiresAt when the access token ends; empty = never, or unknown
 */
public record TokenPair(Secret access, Secret refresh, Optional<Instant> expiresAt) {}
