@org.jspecify.annotations.NullMarked
package io.timebridge.local.simulated;
