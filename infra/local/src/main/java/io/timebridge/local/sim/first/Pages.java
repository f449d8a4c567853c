package io.timebridge.local.sim.first;

import io.timebridge.local.sim.http.Json;
import io.timebridge.local.sim.http.Reply;
import io.timebridge.local.sim.http.Request;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The part of a list that a call asks for. */
final class Pages {
  private static final int DEFAULT_SIZE = 100;
  private static final int MOST = 5_000;

  private Pages() {}

  /** By {@code page} (from 1) and {@code per_page} (default 100, at most 5000). */
  static Reply numbered(Request request, List<ObjectNode> rows) {
    long page = number(request, "page", 1);
    long size = number(request, "per_page", DEFAULT_SIZE);
    if (page < 1) {
      return wrong("page");
    }
    return size < 1 || size > MOST
        ? wrong("per_page")
        : cut(request, rows, (page - 1) * size, size);
  }

  /** By {@code offset} (from 0) and {@code limit} (at most 5000). */
  static Reply offset(Request request, List<ObjectNode> rows, int defaultLimit) {
    long offset = number(request, "offset", 0);
    long limit = number(request, "limit", defaultLimit);
    if (offset < 0) {
      return wrong("offset");
    }
    boolean badLimit = limit < 1 || (limit > MOST && limit != defaultLimit);
    return badLimit ? wrong("limit") : cut(request, rows, offset, limit);
  }

  static Reply offset(Request request, List<ObjectNode> rows) {
    return offset(request, rows, DEFAULT_SIZE);
  }

  private static Reply cut(Request request, List<ObjectNode> rows, long from, long size) {
    ArrayNode page = Json.array();
    if (request.lists() != Request.Lists.EMPTY) {
      rows.stream().skip(from).limit(size).forEach(page::add);
    }
    return Reply.ok(page);
  }

  /** A number of the query; -1, which is never allowed, when it is none. */
  private static long number(Request request, String name, long ifMissing) {
    String text = request.query(name);
    if (text.isEmpty()) {
      return ifMissing;
    }
    return text.matches("\\d{1,9}") ? Long.parseLong(text) : -1;
  }

  private static Reply wrong(String field) {
    ObjectNode errors = Json.object();
    errors.putArray(field).add("is invalid");
    return FirstService.invalid(errors);
  }
}
