package io.timebridge.ops;

import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.timebridge.failure.StoreTrouble;
import io.timebridge.ops.Page.Room;
import io.timebridge.ops.templates.JtejobsGenerated;

/** Jobs, clients and the poller. */
final class JobPages {
  private static final int FRESH_SECONDS = 10;

  private final Jobs jobs;
  private final Visit visit;

  JobPages(Jobs jobs, Visit visit) {
    this.jobs = jobs;
    this.visit = visit;
  }

  void list(ServerRequest request, ServerResponse response)
      throws StoreTrouble, InterruptedException {
    JobList list =
        JobList.of(
            jobs.list(),
            new JobList.Filter(visit.query(request, "show"), visit.query(request, "q")),
            visit.query(request, "page"),
            jobs.poller(),
            visit.clock().instant());
    Page page = visit.page(request, "Jobs and clients", Room.JOBS).fresh(FRESH_SECONDS);
    Html.send(response, out -> JtejobsGenerated.render(out, null, page, list));
  }
}
