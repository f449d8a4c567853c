/**
 * The deployed system: stacks made of the names, keys and settings of {@code stream-config}, and
 * the command that writes them as templates. Nothing that is deployed contains this package.
 */
@NullMarked
package io.timebridge.deploy;

import org.jspecify.annotations.NullMarked;
