/**
 * What can be set, in one immutable tree: defaults, then the file, then the running local system,
 * then the environment, then SSM when named. Read once at start; every problem is reported in one
 * message.
 */
@NullMarked
package io.timebridge.settings;

import org.jspecify.annotations.NullMarked;
