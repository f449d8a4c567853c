@NullMarked
package io.timebridge.local.aws;

import org.jspecify.annotations.NullMarked;
