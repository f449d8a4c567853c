/** What the two services have in common: how a call can end. */
@NullMarked
package io.timebridge.services;

import org.jspecify.annotations.NullMarked;
