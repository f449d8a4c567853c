package io.timebridge.ops;

import java.io.IOException;
import java.net.CookieManager;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What a browser does without scripts: keeps cookies, sends forms, follows redirects. */
final class Browser implements AutoCloseable {
  private static final Pattern KEY = Pattern.compile("name=\"form-key\" value=\"([^\"]+)\"");

  private final HttpClient client;
  private final URI address;

  Browser(URI address) {
    this(
        HttpClient.newBuilder()
            .cookieHandler(new CookieManager())
            .followRedirects(HttpClient.Redirect.NORMAL)
            .build(),
        address);
  }

  private Browser(HttpClient client, URI address) {
    this.client = client;
    this.address = address;
  }

  /** The same browser, with its cookies, at another page. */
  Browser at(URI other) {
    return new Browser(client, other);
  }

  HttpResponse<String> get(String path, String... headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request = HttpRequest.newBuilder(address.resolve(path));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.send(request.build(), BodyHandlers.ofString());
  }

  /** With the form key that the page at {@code from} gave. */
  HttpResponse<String> submit(String from, String path, Map<String, String> fields)
      throws IOException, InterruptedException {
    return post(
        path, "form-key=" + key(from) + "&" + encoded(fields), "Sec-Fetch-Site", "same-origin");
  }

  /** The form key that the page at {@code from} gives. */
  String key(String from) throws IOException, InterruptedException {
    Matcher key = KEY.matcher(get(from).body());
    if (!key.find()) {
      throw new AssertionError("no form on " + from);
    }
    return key.group(1);
  }

  HttpResponse<String> logIn(String token, String... headers)
      throws IOException, InterruptedException {
    return post("/login", encoded(Map.of("token", token)), headers);
  }

  HttpResponse<String> post(String path, String body, String... headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(address.resolve(path))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(BodyPublishers.ofString(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.send(request.build(), BodyHandlers.ofString());
  }

  static String encoded(Map<String, String> fields) {
    return fields.entrySet().stream()
        .map(e -> e.getKey() + "=" + URLEncoder.encode(e.getValue(), StandardCharsets.UTF_8))
        .collect(Collectors.joining("&"));
  }

  @Override
  public void close() {
    client.close();
  }
}
