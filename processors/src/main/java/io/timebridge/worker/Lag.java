package io.timebridge.worker;

import java.time.Duration;

/**
 * How far the processing of a shard is behind.
 *
 * @param behind against the clock, from the arrival of its oldest unfinished record; zero when
 *     everything that has arrived is finished
 * @param held whether that record is held in the lanes; else it has not been read yet
 */
public record Lag(String shard, Duration behind, boolean held) {}
