package io.timebridge.local.traffic;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * What people write: mostly a few words, sometimes pages; any script, quotes, newlines, markup, and
 * now and then what looks like a reference mark.
 */
final class Notes {
  /** Longest note in UTF-8 bytes. */
  static final int MAX_BYTES = 4_096;

  private static final List<String> PIECES =
      List.of(
          "call with the client about the facade",
          "Besprechung Größe & Höhe",
          "réunion d'équipe",
          "設計レビュー",
          "обсуждение сметы",
          "تخطيط الموقع",
          "🚧 site visit 🧱",
          "fixed \"quoted\" terms",
          "it's done; 100% sure",
          "a<b && c>d </div>",
          "line one\nline two",
          "tab\tseparated\r\nwindows line",
          "back\\slash and {\"json\": [1, 2]}",
          "see [TB#1] in the old tool",
          "hours=1.25&idJob=7",
          "zero\u200bwidth and e\u0301 combined",
          "invoice no. 2026/0417",
          "waiting for feedback",
          "second pass, minor changes",
          "drawings A-101 to A-107");

  private final Draw draw;

  Notes(Draw draw) {
    this.draw = draw;
  }

  /** A note that is not empty, and not blank. */
  String note() {
    int pieces;
    if (draw.chance(0.01)) {
      pieces = 400;
    } else if (draw.chance(0.06)) {
      pieces = draw.between(10, 60);
    } else {
      pieces = draw.between(1, 4);
    }
    StringBuilder note = new StringBuilder(draw.oneOf(PIECES));
    int bytes = bytes(note.toString());
    for (int i = 1; i < pieces; i++) {
      String next = (draw.chance(0.2) ? "\n" : " ") + draw.oneOf(PIECES);
      bytes += bytes(next);
      if (bytes > MAX_BYTES) {
        return note.toString();
      }
      note.append(next);
    }
    return note.toString();
  }

  private static int bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }
}
