@NullMarked
package io.timebridge.doctor;

import org.jspecify.annotations.NullMarked;
