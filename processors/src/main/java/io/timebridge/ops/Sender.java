package io.timebridge.ops;

import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.Headers;
import io.helidon.webserver.http.ServerRequest;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What a request says of who sent it, and from where. */
final class Sender {
  private static final Pattern LOOPBACK =
      Pattern.compile(
          "(localhost|127(\\.[0-9]{1,3}){3}|\\[::1\\])(:[0-9]{1,5})?", Pattern.CASE_INSENSITIVE);

  private static final HeaderName FETCH_SITE = HeaderNames.create("Sec-Fetch-Site");
  private static final HeaderName FETCH_MODE = HeaderNames.create("Sec-Fetch-Mode");
  private static final HeaderName FETCH_DEST = HeaderNames.create("Sec-Fetch-Dest");
  private static final HeaderName FORWARDED_PROTO = HeaderNames.create("X-Forwarded-Proto");
  private static final List<HeaderName> OF_PROXIES =
      Stream.of(
              "Forwarded",
              "Via",
              "X-Forwarded-For",
              "X-Forwarded-Host",
              "X-Forwarded-Proto",
              "X-Real-IP")
          .map(HeaderNames::create)
          .toList();

  /** As many bytes of an IPv6 address as tell the network: one sender may have all of the rest. */
  private static final int NETWORK_BYTES = 8;

  private Sender() {}

  /**
   * Whether it came under a loopback name and through no proxy that says so. A page of elsewhere
   * whose name was pointed at this machine comes under that name.
   */
  static boolean isOfThisMachine(ServerRequest request) {
    return LOOPBACK.matcher(request.authority()).matches()
        && OF_PROXIES.stream().noneMatch(request.headers()::contains);
  }

  /**
   * Whether this page made a browser send it, by {@code Sec-Fetch-Site}, else by {@code Origin}.
   * Programs say neither; they have no cookie that another page could use.
   */
  static boolean isOfThisPage(ServerRequest request) {
    return request
        .headers()
        .first(FETCH_SITE)
        .map("same-origin"::equals)
        .or(() ->
            request
                .headers()
                .first(HeaderNames.ORIGIN)
                .map(origin -> isOf(origin, request.authority())))
        .orElse(true);
  }

  /** Whether another page asks behind the person's back: as an image, a script, a frame. */
  static boolean isBehindTheBack(Headers headers) {
    Optional<String> site = headers.first(FETCH_SITE);
    return site.isPresent()
        && !site.get().equals("same-origin")
        && !site.get().equals("none")
        && !(headers.first(FETCH_MODE).filter("navigate"::equals).isPresent()
            && headers.first(FETCH_DEST).filter("document"::equals).isPresent());
  }

  /** Whether the browser spoke TLS with the first proxy of those on the way. */
  static boolean isOverTls(Headers headers) {
    return headers
        .first(FORWARDED_PROTO)
        .map(schemes -> schemes.toLowerCase(Locale.ROOT))
        .filter(schemes -> schemes.equals("https") || schemes.startsWith("https,"))
        .isPresent();
  }

  /** The network that it came from; a proxy's stands for all behind it. */
  static String network(ServerRequest request) {
    return request.remotePeer().address() instanceof InetSocketAddress peer
        ? network(peer.getAddress())
        : request.remotePeer().host();
  }

  /** The address, of IPv6 the first half. */
  static String network(InetAddress address) {
    return address instanceof Inet6Address
        ? HexFormat.of().formatHex(Arrays.copyOf(address.getAddress(), NETWORK_BYTES))
        : address.getHostAddress();
  }

  private static boolean isOf(String origin, String authority) {
    try {
      return authority.equalsIgnoreCase(new URI(origin).getRawAuthority());
    } catch (URISyntaxException notAnOrigin) {
      return false;
    }
  }
}
