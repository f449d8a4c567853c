/**
 * What happened to one entry: everything that is known of it, in the order of time, and in plain
 * words why it stands as it does. Told to people, by a command and a page; decides nothing.
 */
@NullMarked
package io.timebridge.story;

import org.jspecify.annotations.NullMarked;
