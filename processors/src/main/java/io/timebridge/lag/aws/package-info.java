/**
 * Where the picture of {@code io.timebridge.lag} comes from: lease tables, streams and the rows in
 * which workers tell of themselves. Its doors are {@link io.timebridge.lag.aws.LagReader} and
 * {@link io.timebridge.lag.aws.StatusRows}.
 */
@NullMarked
package io.timebridge.lag.aws;

import org.jspecify.annotations.NullMarked;
