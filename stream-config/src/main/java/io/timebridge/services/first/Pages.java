package io.timebridge.services.first;

import io.timebridge.services.ServiceTrouble;
import io.timebridge.services.ServiceTrouble.Kind;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;

/**
 * Reads a listing page by page, up to the first page that is not full. All of it, or trouble: more
 * than {@link #MOST} pages, or a page that brings nothing new (the service does not page as we
 * think), is trouble. What moves to another page meanwhile is listed once.
 */
final class Pages {
  /** Items asked for per page. */
  static final int SIZE = 100;

  /** Items per page where one page is held at a time; 250 entries are at most some 4 MiB. */
  static final int LARGE = 250;

  /** Most pages of one listing. */
  static final int MOST = 1000;

  private Pages() {}

  /**
   * One page.
   *
   * @param count items that the service sent, of which each may stand for several in {@code items}
   */
  record Page<T>(int count, List<T> items) {}

  @FunctionalInterface
  interface Fetch<T> {
    Page<T> page(Map<String, String> query) throws ServiceTrouble, InterruptedException;
  }

  /**
   * Shows the items of numbered pages one after the other, and holds one page at a time. A page
   * that begins as the one before did is trouble, too.
   */
  static <T> void each(String what, ToLongFunction<T> id, Fetch<T> fetch, Consumer<T> each)
      throws ServiceTrouble, InterruptedException {
    long first = -1;
    for (int number = 1; number <= MOST; number++) {
      Map<String, String> query = Style.NUMBERED.query(number, 0);
      query.put("per_page", Integer.toString(LARGE));
      Page<T> page = fetch.page(query);
      long begin = page.items().isEmpty() ? -1 : id.applyAsLong(page.items().getFirst());
      if (number > 1 && begin != -1 && begin == first) {
        throw nothingNew(what, number);
      }
      first = begin;
      page.items().forEach(each);
      if (page.count() < LARGE) {
        return;
      }
    }
    throw tooMany(what);
  }

  private static ServiceTrouble nothingNew(String what, int page) {
    return new ServiceTrouble(
        Kind.UNKNOWN, "FirstService %s: page %d brings nothing new".formatted(what, page));
  }

  private static ServiceTrouble tooMany(String what) {
    return new ServiceTrouble(
        Kind.UNKNOWN, "FirstService %s: more than %d pages".formatted(what, MOST));
  }

  /** How a page is asked for. */
  enum Style {
    /** {@code page=1&per_page=100} */
    NUMBERED,
    /** {@code limit=100&offset=0} */
    OFFSET;

    private Map<String, String> query(int page, int seen) {
      Map<String, String> query = new LinkedHashMap<>();
      switch (this) {
        case NUMBERED -> {
          query.put("page", Integer.toString(page));
          query.put("per_page", Integer.toString(SIZE));
        }
        case OFFSET -> {
          query.put("limit", Integer.toString(SIZE));
          query.put("offset", Integer.toString(seen));
        }
      }
      return query;
    }
  }

  static <T> List<T> all(String what, Style style, ToLongFunction<T> id, Fetch<T> fetch)
      throws ServiceTrouble, InterruptedException {
    List<T> all = new ArrayList<>();
    Set<Long> ids = new HashSet<>();
    int seen = 0;
    for (int number = 1; number <= MOST; number++) {
      Page<T> page = fetch.page(style.query(number, seen));
      int before = ids.size();
      page.items().stream().filter(item -> ids.add(id.applyAsLong(item))).forEach(all::add);
      if (page.count() < SIZE) {
        return List.copyOf(all);
      }
      if (ids.size() == before) {
        throw nothingNew(what, number);
      }
      seen += page.count();
    }
    throw tooMany(what);
  }
}
