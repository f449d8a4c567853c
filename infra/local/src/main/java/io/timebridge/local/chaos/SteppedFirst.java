package io.timebridge.local.chaos;

import io.timebridge.services.ServiceTrouble;
import io.timebridge.services.first.FirstService;
import io.timebridge.stream.EntryId;
import java.util.List;
import java.util.Optional;

/** FirstService with the steps of both paths: reads of entries, listings and changes for jobs. */
final class SteppedFirst implements FirstService {
  private final FirstService first;
  private final Steps steps;

  SteppedFirst(FirstService first, Steps steps) {
    this.first = first;
    this.steps = steps;
  }

  @Override
  public void requireOpen() throws ServiceTrouble {
    first.requireOpen();
  }

  @Override
  public Lookup event(EntryId id) throws ServiceTrouble, InterruptedException {
    Lookup found = first.event(id);
    steps.reached(Step.FETCHED, Service.SECOND, Steps.UNKNOWN, id.key());
    return found;
  }

  @Override
  public List<Project> projects() throws ServiceTrouble, InterruptedException {
    List<Project> projects = first.projects();
    steps.reached(Step.FETCHED, Service.FIRST, Steps.UNKNOWN, Steps.UNKNOWN);
    return projects;
  }

  @Override
  public List<Client> clients() throws ServiceTrouble, InterruptedException {
    List<Client> clients = first.clients();
    steps.reached(Step.FETCHED, Service.FIRST, Steps.UNKNOWN, Steps.UNKNOWN);
    return clients;
  }

  @Override
  public List<Label> labels() throws ServiceTrouble, InterruptedException {
    return first.labels();
  }

  @Override
  public List<User> users() throws ServiceTrouble, InterruptedException {
    return first.users();
  }

  @Override
  public Optional<User> user(long id) throws ServiceTrouble, InterruptedException {
    return first.user(id);
  }

  @Override
  public Client createClient(String name, String externalId)
      throws ServiceTrouble, Refused, InterruptedException {
    Client client = first.createClient(name, externalId);
    answered(Steps.ADD, "client-" + externalId);
    return client;
  }

  @Override
  public Client updateClient(long id, String name, String externalId)
      throws ServiceTrouble, Refused, InterruptedException {
    Client client = first.updateClient(id, name, externalId);
    answered(Steps.CHANGE, "client-" + externalId);
    return client;
  }

  @Override
  public Project createProject(String name, String externalId, long clientId)
      throws ServiceTrouble, Refused, InterruptedException {
    Project project = first.createProject(name, externalId, clientId);
    answered(Steps.ADD, "job-" + externalId);
    return project;
  }

  @Override
  public Project updateProject(
      long id, String name, String externalId, long clientId, boolean active)
      throws ServiceTrouble, Refused, InterruptedException {
    Project project = first.updateProject(id, name, externalId, clientId, active);
    answered(Steps.CHANGE, "job-" + externalId);
    return project;
  }

  private void answered(String operation, String key) {
    steps.reached(Step.ANSWER_RECEIVED, Service.FIRST, operation, key);
  }
}
