@NullMarked
package io.timebridge.ingest;

import org.jspecify.annotations.NullMarked;
