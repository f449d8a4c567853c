/**
 * KCL in, records out: one application per stream, its shards' records decoded and put into the key
 * lanes, its checkpoints at the lanes' position. Nothing else knows KCL; this knows nothing but KCL
 * and the lanes.
 */
@NullMarked
package io.timebridge.worker;

import org.jspecify.annotations.NullMarked;
