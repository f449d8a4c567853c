package io.timebridge.services.second;

import io.timebridge.services.http.Encoded;
import java.net.URI;
import java.util.Map;

/** Addresses of SecondService's calls. */
final class Api {
  private Api() {}

  /** {@code path} below {@code /service/api/}. */
  static URI at(URI base, String path, Map<String, String> query) {
    String question = query.isEmpty() ? "" : "?" + Encoded.query(query);
    return URI.create(base + "/service/api/" + path + question);
  }
}
