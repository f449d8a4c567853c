package io.timebridge.jobs;

/**
 * What applying an event came to.
 *
 * @param detail for people
 * @param changed whether FirstService was changed
 * @param id FirstService's id of the project or client; 0 when there is none
 * @param name its name now
 */
record Effect(String detail, boolean changed, long id, String name) {}
