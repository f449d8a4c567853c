package io.timebridge.ingest.poller;

import io.timebridge.services.second.SecondService;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Compares one look at SecondService with what was last published. Pure.
 *
 * <p>Rules. A listed client or job that is new or different is an event. A client that is not
 * listed is none. An open job that is not listed is closed only when: the listing names at least
 * one job and has no odd row; no more than the limits allow are missing at once; and the previous
 * such look missed it, too. What was announced and may be on the stream is published anew as it is
 * listed now, be it as it was before: changed back meanwhile, it would else stay changed in
 * FirstService. A job that may have been published as open counts as open. Where more are missing,
 * a person may have confirmed that they are closed: that holds as long as none of these jobs is
 * listed, and no more others are missing than the limits allow. Clients with an excluded code, and
 * their jobs, are left out on both sides. Every order is by id, so equal input makes equal output.
 */
final class JobDiff {
  /**
   * @param excludedClientCodes clients that are left out
   * @param maxClosedPercent of the known open jobs that may be missing at once
   * @param maxClosedFloor this many may always be missing
   */
  record Rules(Set<String> excludedClientCodes, int maxClosedPercent, int maxClosedFloor) {
    Rules {
      excludedClientCodes = Set.copyOf(excludedClientCodes);
    }
  }

  /** An event to publish, and the row to store once it is acknowledged. */
  record Change<K extends Known>(String what, K after) {}

  /**
   * @param suspects jobs that were missing and will be closed when the next look misses them, too
   * @param missing whether what is missing can be believed
   * @param warnings what a person should know, for the log
   */
  record Result(
      List<Change<Known.Client>> clients,
      List<Change<Known.Job>> jobs,
      Set<Long> suspects,
      Missing missing,
      List<String> warnings) {}

  /** The open jobs that a look misses. */
  sealed interface Missing {
    /** None, or no more than may be closed, or such as a person has confirmed. */
    record Believed() implements Missing {}

    /** An odd row makes this look say nothing. */
    record Unclear() implements Missing {}

    /**
     * More than the limits allow.
     *
     * @param jobs by id
     * @param open how many are known
     * @param noneListed the listing was empty: not even a confirmation closes anything then
     */
    record TooMany(List<Known.Job> jobs, int open, boolean noneListed) implements Missing {
      public TooMany {
        jobs = List.copyOf(jobs);
      }
    }
  }

  private final Picture picture;
  private final Listing listing;
  private final Rules rules;
  private final Set<Long> earlierSuspects;
  private final Set<Long> confirmed;
  private final List<Change<Known.Client>> clients = new ArrayList<>();
  private final List<Change<Known.Job>> jobs = new ArrayList<>();
  private final Set<Long> suspects = new TreeSet<>();
  private final List<String> warnings;

  private JobDiff(
      Picture picture,
      Listing listing,
      Rules rules,
      Set<Long> earlierSuspects,
      Set<Long> confirmed) {
    this.picture = picture;
    this.listing = listing;
    this.rules = rules;
    this.earlierSuspects = earlierSuspects;
    this.confirmed = confirmed;
    this.warnings = new ArrayList<>(listing.oddities());
  }

  /**
   * @param earlierSuspects {@link Result#suspects} of the look before; empty for a first one
   * @param confirmed jobs that a person says are closed
   */
  static Result compare(
      Picture picture,
      Listing listing,
      Rules rules,
      Set<Long> earlierSuspects,
      Set<Long> confirmed) {
    JobDiff diff = new JobDiff(picture, listing, rules, earlierSuspects, confirmed);
    new TreeMap<>(listing.clients()).values().forEach(diff::client);
    new TreeMap<>(listing.jobs()).values().forEach(diff::job);
    Missing missing = diff.missing();
    return new Result(diff.clients, diff.jobs, diff.suspects, missing, diff.warnings);
  }

  private void client(SecondService.Client listed) {
    if (rules.excludedClientCodes().contains(listed.code())) {
      return;
    }
    Known.Client after = new Known.Client(listed.id(), listed.code(), listed.name());
    Known.Client before = picture.clients().get(listed.id());
    if (before == null) {
      clients.add(new Change<>("created", after));
    } else if (!before.equals(after)) {
      clients.add(new Change<>("renamed", after));
    } else if (picture.announced(after.key()) != null) {
      clients.add(new Change<>("repeated", after));
    }
  }

  private void job(SecondService.Job listed) {
    Known.Job after = after(listed);
    if (isExcluded(after)) {
      return;
    }
    Known.Job before = picture.jobs().get(listed.id());
    if (before == null) {
      jobs.add(new Change<>("created", after));
    } else if (!before.open()) {
      jobs.add(new Change<>("reopened", after));
    } else if (before.clientId() != after.clientId()) {
      jobs.add(new Change<>("moved", after));
    } else if (!before.name().equals(after.name()) || !before.code().equals(after.code())) {
      jobs.add(new Change<>("renamed", after));
    } else if (picture.announced(after.key()) != null) {
      jobs.add(new Change<>("repeated", after));
    }
    // A client's new name is the client's event; its jobs do not repeat it.
  }

  /** The client's own row knows its name best; a job may be listed whose client is not. */
  private Known.Job after(SecondService.Job listed) {
    SecondService.Client client = listing.clients().get(listed.clientId());
    return new Known.Job(
        listed.id(),
        listed.code(),
        listed.name(),
        listed.clientId(),
        client == null ? listed.clientCode() : client.code(),
        client == null ? listed.clientName() : client.name(),
        true);
  }

  private boolean isExcluded(Known.Job job) {
    SecondService.Client client = listing.clients().get(job.clientId());
    return rules.excludedClientCodes().contains(job.clientCode())
        || (client != null && rules.excludedClientCodes().contains(client.code()));
  }

  private Missing missing() {
    Map<Long, Known.Job> open = picture.openJobs();
    open.values().removeIf(this::isExcluded);
    List<Known.Job> missing =
        open.values().stream().filter(j -> !listing.listedJobs().contains(j.id())).toList();
    if (listing.listedJobs().isEmpty() && !missing.isEmpty()) {
      warnings.add("no job is listed where " + open.size() + " are known: nothing is closed");
      return new Missing.TooMany(missing, open.size(), true);
    }
    if (!listing.oddities().isEmpty()) {
      if (!missing.isEmpty()) {
        warnings.add(missing.size() + " jobs are missing from an odd listing: nothing is closed");
        suspects.addAll(stillMissing(missing)); // neither confirmed nor cleared by such a look
      }
      return new Missing.Unclear();
    }
    if (missing.size() > mostClosed(open.size()) && !isConfirmed(missing, open.size())) {
      warnings.add(
          "%d of %d open jobs are missing, more than poller.max-closed-percent and max-closed-floor allow: nothing is closed"
              .formatted(missing.size(), open.size()));
      return new Missing.TooMany(missing, open.size(), false);
    }
    missing.forEach(this::closeOrSuspect);
    return new Missing.Believed();
  }

  /** Whether what a person has confirmed is still so, and the others are few. */
  private boolean isConfirmed(List<Known.Job> missing, int open) {
    return !confirmed.isEmpty()
        && Collections.disjoint(confirmed, listing.listedJobs())
        && missing.stream().filter(job -> !confirmed.contains(job.id())).count()
            <= mostClosed(open);
  }

  private void closeOrSuspect(Known.Job job) {
    if (earlierSuspects.contains(job.id()) || confirmed.contains(job.id())) {
      jobs.add(new Change<>("closed", job.closed()));
    } else {
      suspects.add(job.id());
    }
  }

  private List<Long> stillMissing(List<Known.Job> missing) {
    return missing.stream().map(Known.Job::id).filter(earlierSuspects::contains).toList();
  }

  private long mostClosed(int open) {
    return Math.max(rules.maxClosedFloor(), (long) open * rules.maxClosedPercent() / 100);
  }
}
