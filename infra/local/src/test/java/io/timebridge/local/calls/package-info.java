/** Writes down which calls to AWS the product makes, so that its roles can be held to them. */
package io.timebridge.local.calls;
