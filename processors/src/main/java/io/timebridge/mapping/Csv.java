package io.timebridge.mapping;

import java.util.ArrayList;
import java.util.List;

/**
 * Comma-separated values as RFC 4180 has them: fields in double quotes may hold commas, line breaks
 * and doubled quotes. Lines may end in CRLF or LF.
 */
final class Csv {
  private Csv() {}

  /**
   * One record.
   *
   * @param line where it begins, from 1
   */
  record Line(int line, List<String> fields) {}

  /** A text that cannot be divided into records from some line on. */
  static final class Broken extends Exception {
    private static final long serialVersionUID = 1L;
    final int line;

    Broken(int line, String message) {
      super(message);
      this.line = line;
    }
  }

  /** Every record, empty lines left out. */
  static List<Line> read(String text) throws Broken {
    return new Reader(text).all();
  }

  /** A record with its line end. Fields are quoted where they have to be. */
  static String line(List<String> fields) {
    return String.join(",", fields.stream().map(Csv::field).toList()) + "\r\n";
  }

  private static String field(String text) {
    boolean plain =
        text.chars().noneMatch(c -> c == '"' || c == ',' || c == '\r' || c == '\n')
            && text.strip().length() == text.length();
    return plain ? text : '"' + text.replace("\"", "\"\"") + '"';
  }

  private static final class Reader {
    private final String text;
    private int at;
    private int line = 1;

    Reader(String text) {
      this.text = text;
    }

    List<Line> all() throws Broken {
      List<Line> lines = new ArrayList<>();
      while (at < text.length()) {
        int begins = line;
        List<String> fields = record();
        if (fields.size() > 1 || !fields.getFirst().isEmpty()) {
          lines.add(new Line(begins, fields));
        }
      }
      return lines;
    }

    private List<String> record() throws Broken {
      List<String> fields = new ArrayList<>();
      while (true) {
        fields.add(at < text.length() && text.charAt(at) == '"' ? quoted() : bare());
        if (at >= text.length()) {
          return fields;
        }
        char end = text.charAt(at++);
        if (end != ',') {
          if (end == '\r') {
            at++; // bare() and quoted() stop at a CR only before its LF
          }
          line++;
          return fields;
        }
      }
    }

    private String bare() throws Broken {
      int from = at;
      while (at < text.length() && text.charAt(at) != ',' && !atLineEnd()) {
        if (text.charAt(at) == '"') {
          throw new Broken(line, "a quote inside a field that does not begin with one");
        }
        at++;
      }
      return text.substring(from, at);
    }

    private String quoted() throws Broken {
      int begins = line;
      StringBuilder field = new StringBuilder();
      at++;
      while (at < text.length()) {
        char c = text.charAt(at++);
        if (c == '"' && at < text.length() && text.charAt(at) == '"') {
          field.append('"');
          at++;
        } else if (c == '"') {
          if (at < text.length() && text.charAt(at) != ',' && !atLineEnd()) {
            throw new Broken(line, "something behind the closing quote of a field");
          }
          return field.toString();
        } else {
          field.append(c);
          if (c == '\n') {
            line++;
          }
        }
      }
      throw new Broken(begins, "a quote that is never closed");
    }

    private boolean atLineEnd() {
      char c = text.charAt(at);
      return c == '\n' || (c == '\r' && at + 1 < text.length() && text.charAt(at + 1) == '\n');
    }
  }
}
