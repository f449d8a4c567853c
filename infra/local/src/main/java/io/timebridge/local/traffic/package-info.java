/**
 * People at work, and the judge: a seeded plan of what admins and users do, a runner that does it
 * in both simulators, and a comparison of what both hold in the end. Knows nothing of how
 * Timebridge works.
 */
@NullMarked
package io.timebridge.local.traffic;

import org.jspecify.annotations.NullMarked;
