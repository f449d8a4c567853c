package io.timebridge.ops;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A long list in pages.
 *
 * @param page from 1
 * @param pages at least 1
 * @param rows of all pages
 */
public record Pager(String path, Map<String, String> query, int page, int pages, long rows) {
  /** What one page shows of a list. */
  record Cut<T>(List<T> rows, Pager pager) {}

  public Pager {
    query = Map.copyOf(query);
  }

  /**
   * @param wanted a page; one that is not there stands for the nearest that is
   */
  static <T> Cut<T> cut(
      List<T> all, String wanted, int perPage, String path, Map<String, String> query) {
    int pages = Math.max(1, (all.size() + perPage - 1) / perPage);
    int page = Math.clamp(number(wanted), 1, pages);
    int from = (page - 1) * perPage;
    return new Cut<>(
        List.copyOf(all.subList(from, Math.min(all.size(), from + perPage))),
        new Pager(path, query, page, pages, all.size()));
  }

  private static int number(String text) {
    return text.matches("[0-9]{1,6}") ? Integer.parseInt(text) : 1;
  }

  public boolean isFirst() {
    return page == 1;
  }

  public boolean isLast() {
    return page == pages;
  }

  /** Address of another page of the same list. */
  public String to(int other) {
    Map<String, String> all = new TreeMap<>(query);
    all.put("page", Integer.toString(other));
    return path + Urls.query(all);
  }
}
