package io.timebridge.local.aws;

import java.util.List;
import java.util.Map;

/** Builds the XML of AWS's Query protocol. Not thread-safe. */
final class Xml {
  private final StringBuilder out = new StringBuilder();

  Xml element(String name, String text) {
    out.append('<').append(name).append('>');
    escape(text);
    return end(name);
  }

  /** A list of structures: {@code <name><member>...</member>...</name>}. */
  Xml members(String name, List<Xml> members) {
    begin(name);
    members.forEach(m -> begin("member").append(m).end("member"));
    return end(name);
  }

  /** A map: {@code <name><entry><key/><value/></entry>...</name>}. */
  Xml map(String name, Map<String, String> map) {
    begin(name);
    map.forEach((k, v) -> begin("entry").element("key", k).element("value", v).end("entry"));
    return end(name);
  }

  Xml begin(String name) {
    out.append('<').append(name).append('>');
    return this;
  }

  Xml end(String name) {
    out.append("</").append(name).append('>');
    return this;
  }

  Xml append(Xml inner) {
    out.append(inner.out);
    return this;
  }

  private void escape(String text) {
    text.codePoints()
        .forEach(c -> {
          switch (c) {
            case '<' -> out.append("&lt;");
            case '>' -> out.append("&gt;");
            case '&' -> out.append("&amp;");
            case '\t', '\n', '\r' -> out.append("&#").append(c).append(';');
            default -> out.appendCodePoint(allowed(c) ? c : 0xFFFD);
          }
        });
  }

  /** What XML 1.0 can carry at all. */
  private static boolean allowed(int c) {
    return (c >= 0x20 && c <= 0xD7FF) || (c >= 0xE000 && c <= 0xFFFD) || c >= 0x10000;
  }

  @Override
  public String toString() {
    return out.toString();
  }
}
