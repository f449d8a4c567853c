@NullMarked
package io.timebridge.jobs;

import org.jspecify.annotations.NullMarked;
