package io.timebridge.jobs;

import io.timebridge.services.first.FirstService;
import io.timebridge.stream.EntryId;
import java.util.List;
import java.util.Optional;

/** FirstService without what jobs have no use for. */
abstract class ProjectsAndClients implements FirstService {
  @Override
  public final Lookup event(EntryId id) {
    throw new UnsupportedOperationException();
  }

  @Override
  public final List<Label> labels() {
    throw new UnsupportedOperationException();
  }

  @Override
  public final List<User> users() {
    throw new UnsupportedOperationException();
  }

  @Override
  public final Optional<User> user(long id) {
    throw new UnsupportedOperationException();
  }
}
