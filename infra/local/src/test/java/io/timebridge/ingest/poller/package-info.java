@NullMarked
package io.timebridge.ingest.poller;

import org.jspecify.annotations.NullMarked;
