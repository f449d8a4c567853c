package io.timebridge.ingest.poller;

import io.timebridge.services.second.SecondService;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One look at SecondService: what of it can be used.
 *
 * @param clients by id
 * @param jobs open ones by id
 * @param listedJobs every job id that was named, also in rows that cannot be used
 * @param oddities rows that cannot be used, by kind; a look with any of them proves no closure
 */
record Listing(
    Map<Long, SecondService.Client> clients,
    Map<Long, SecondService.Job> jobs,
    Set<Long> listedJobs,
    List<String> oddities) {
  /** Longest code or name that is believed; what is longer cannot be a name. */
  private static final int MAX_TEXT = 4096;

  Listing {
    clients = Map.copyOf(clients);
    jobs = Map.copyOf(jobs);
    listedJobs = Set.copyOf(listedJobs);
    oddities = List.copyOf(oddities);
  }

  static Listing of(List<SecondService.Client> clients, List<SecondService.Job> jobs) {
    List<String> oddities = new ArrayList<>();
    Map<Long, SecondService.Client> clientsById = new HashMap<>();
    Set<Long> twice = new HashSet<>();
    for (SecondService.Client client : clients) {
      if (client.id() < 1 || !isText(client.code()) || !isText(client.name())) {
        oddities.add("client " + client.id() + " has no usable id, code or name");
      } else {
        SecondService.Client other = clientsById.putIfAbsent(client.id(), client);
        if (other != null && !other.equals(client)) {
          twice.add(client.id());
        }
      }
    }
    twice.forEach(id -> oddities.add("client " + id + " is listed twice, differently"));
    clientsById.keySet().removeAll(twice);
    return jobs(clientsById, jobs, oddities);
  }

  private static Listing jobs(
      Map<Long, SecondService.Client> clients,
      List<SecondService.Job> jobs,
      List<String> oddities) {
    Map<Long, SecondService.Job> byId = new HashMap<>();
    Set<Long> listed = new HashSet<>();
    Set<Long> twice = new HashSet<>();
    for (SecondService.Job job : jobs) {
      listed.add(job.id());
      if (job.id() < 1
          || job.clientId() < 1
          || !isText(job.code())
          || !isText(job.name())
          || job.clientCode().length() > MAX_TEXT
          || job.clientName().length() > MAX_TEXT) {
        oddities.add("job " + job.id() + " has no usable id, client, code or name");
      } else {
        SecondService.Job other = byId.putIfAbsent(job.id(), job);
        if (other != null && !other.equals(job)) {
          twice.add(job.id());
        }
      }
    }
    twice.forEach(id -> oddities.add("job " + id + " is listed twice, differently"));
    byId.keySet().removeAll(twice);
    return new Listing(clients, byId, listed, oddities);
  }

  private static boolean isText(String text) {
    return !text.isBlank() && text.length() <= MAX_TEXT;
  }
}
