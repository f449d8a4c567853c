/**
 * KCL in, records out: one application per stream, its shards' records decoded, judged and put into
 * the key lanes, its checkpoints at the lanes' position. Nothing else knows KCL.
 */
@NullMarked
package io.timebridge.worker;

import org.jspecify.annotations.NullMarked;
