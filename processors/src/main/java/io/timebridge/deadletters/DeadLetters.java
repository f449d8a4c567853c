package io.timebridge.deadletters;

import static io.timebridge.deadletters.Items.text;

import io.timebridge.deadletters.WaitingKey.Kind;
import io.timebridge.failure.Held;
import io.timebridge.failure.StoreTrouble;
import io.timebridge.stream.EntryId;
import io.timebridge.stream.Names;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * Everything that waits: entries whose events wait, events of jobs and of backups that could not be
 * applied, and quarantined records. Reads by the indexes, page by page; never scans a table.
 * Thread-safe.
 */
public final class DeadLetters {
  /** Later than any time that is written. */
  static final Instant EVER = Instant.parse("9999-12-31T00:00:00Z");

  /** Records that were kept out, of any key, that are gone through for those of one. */
  public static final int MOST_KEPT_OUT = 5_000;

  private static final long ALL = Long.MAX_VALUE;

  private static final Comparator<WaitingKey> OLDEST_FIRST =
      Comparator.comparing(WaitingKey::since).thenComparing(WaitingKey::key);

  private final EntryKeys entries;
  private final HeldKeys held;
  private final KeyRecords records;

  /** The client stays the caller's to close. */
  public DeadLetters(DynamoDbClient dynamoDb, Names names) {
    this.entries = new EntryKeys(dynamoDb, names);
    this.held = new HeldKeys(dynamoDb, names);
    this.records = new KeyRecords(dynamoDb, names);
  }

  /**
   * The oldest keys that wait.
   *
   * @param others keys that wait too, and are newer; of jobs, backups and quarantined records each
   *     record counts
   */
  public record Listing(List<WaitingKey> oldest, long others) {
    public Listing {
      oldest = List.copyOf(oldest);
    }
  }

  /**
   * Lists what waits. Holds no more than {@code most} keys at a time.
   *
   * @param most at least 1
   */
  public Listing list(ReasonFilter filter, int most) throws StoreTrouble, InterruptedException {
    Oldest oldest = new Oldest(most);
    if (!filter.isQuarantine()) {
      entries.each(EVER, ALL, oldest.those(filter));
      held.each(Held.JOB, EVER, ALL, oldest.those(filter));
      held.each(Held.BACKUP, EVER, ALL, oldest.those(filter));
    }
    if (filter.mayBeQuarantine()) {
      held.each(Held.QUARANTINE, EVER, ALL, oldest.those(filter));
    }
    return new Listing(List.copyOf(oldest.keys), oldest.others);
  }

  /** Keeps the oldest keys; records of one key are one. */
  private static final class Oldest {
    private final TreeSet<WaitingKey> keys = new TreeSet<>(OLDEST_FIRST);
    private final Map<String, WaitingKey> byKey = new HashMap<>();
    private final int most;
    private long others;

    Oldest(int most) {
      this.most = most;
    }

    Visitor<WaitingKey> those(ReasonFilter filter) {
      return found -> {
        if (filter.matches(found.reason())) {
          add(found);
        }
      };
    }

    private void add(WaitingKey found) {
      WaitingKey before = byKey.get(found.key());
      if (before != null) {
        keys.remove(before);
        put(found.kind() == Kind.ENTRY ? found : before.andOneMore());
        return;
      }
      put(found);
      if (keys.size() > most) {
        byKey.remove(keys.removeLast().key());
        others++;
      }
    }

    private void put(WaitingKey key) {
      keys.add(key);
      byKey.put(key.key(), key);
    }
  }

  /**
   * Visits every entry and every record of jobs and backups that is meant, and of which nothing was
   * heard since {@code before}; each at most once.
   */
  void each(ReasonFilter filter, Instant before, Visitor<WaitingKey> visitor)
      throws StoreTrouble, InterruptedException {
    if (filter.isQuarantine()) {
      return;
    }
    Visitor<WaitingKey> those =
        found -> {
          if (filter.matches(found.reason())) {
            visitor.visit(found);
          }
        };
    entries.each(before, ALL, those);
    held.each(Held.JOB, before, ALL, those);
    held.each(Held.BACKUP, before, ALL, those);
  }

  /**
   * Visits what waits, but of each kind no more than about {@code most}.
   *
   * @return the kinds of which there may be more
   */
  Set<Kind> look(long most, Visitor<WaitingKey> visitor) throws StoreTrouble, InterruptedException {
    Set<Kind> more = EnumSet.noneOf(Kind.class);
    if (entries.each(EVER, most, visitor) >= most) {
      more.add(Kind.ENTRY);
    }
    for (Held each : Held.values()) {
      if (held.each(each, EVER, most, visitor) >= most) {
        more.add(HeldKeys.kind(each));
      }
    }
    return more;
  }

  /** The key, if anything of it waits. Takes a few reads, however much else waits. */
  public Optional<WaitingKey> find(String key) throws StoreTrouble, InterruptedException {
    Optional<EntryId> entry = EntryId.parse(key);
    if (entry.isPresent()) {
      return entries.find(entry.get());
    }
    if (key.startsWith(KeyRecords.DISCARDED)) {
      return Optional.empty();
    }
    List<WaitingKey> found = new ArrayList<>();
    records.each(
        key,
        item -> {
          if (found.isEmpty()) {
            found.add(HeldKeys.waiting(kind(key, item), item));
          } else {
            found.set(0, found.getFirst().andOneMore());
          }
        });
    return found.stream().findFirst();
  }

  private static Held kind(String key, Map<String, AttributeValue> item) {
    String written = text(item, "held");
    for (Held each : Held.values()) {
      if (each.text().equals(written)) {
        return each;
      }
    }
    if (key.startsWith(Held.QUARANTINED)) {
      return Held.QUARANTINE;
    }
    return key.startsWith("backup-") ? Held.BACKUP : Held.JOB;
  }

  /**
   * Visits what waits of the key, in stream order.
   *
   * @param most visits no more than the oldest of them; at least 1
   * @return whether there are more
   */
  public boolean events(String key, long most, Visitor<WaitingEvent> visitor)
      throws StoreTrouble, InterruptedException {
    return records.each(key, most, item -> visitor.visit(KeyRecords.event(item)));
  }

  /** Visits what was given up of the key, as {@link #events} does. */
  public boolean discarded(String key, long most, Visitor<WaitingEvent> visitor)
      throws StoreTrouble, InterruptedException {
    return events(KeyRecords.DISCARDED + key, most, visitor);
  }

  /**
   * Visits the quarantined records whose partition key in their stream was that one, without what
   * they hold. No index knows them by that key: the oldest {@value #MOST_KEPT_OUT} of all are gone
   * through.
   *
   * @return whether there may be more
   */
  public boolean keptOut(String partitionKey, long most, Visitor<WaitingEvent> visitor)
      throws StoreTrouble, InterruptedException {
    return held.keptOut(partitionKey, MOST_KEPT_OUT, most, visitor);
  }
}
