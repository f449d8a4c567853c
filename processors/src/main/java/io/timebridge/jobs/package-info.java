/**
 * The rules SecondService -> FirstService: every job has its project, every client its client. Job
 * events come in, calls of the FirstService port go out.
 */
@NullMarked
package io.timebridge.jobs;

import org.jspecify.annotations.NullMarked;
