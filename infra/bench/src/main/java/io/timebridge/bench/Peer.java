package io.timebridge.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What the lanes are measured against. */
enum Peer {
  /** Plain KCL that works each record in {@code processRecords}. */
  KCL,
  /** Confluent's parallel-consumer on Kafka. */
  CPC;

  String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * Names with commas between them, or {@code none}.
   *
   * @throws IllegalArgumentException for any other name
   */
  static List<Peer> list(String text) {
    List<Peer> peers = new ArrayList<>();
    if (text.equals("none")) {
      return peers;
    }
    for (String name : text.split(",", -1)) {
      Peer peer =
          switch (name.strip()) {
            case "kcl" -> KCL;
            case "cpc" -> CPC;
            default ->
                throw new IllegalArgumentException(
                    "--peers must be kcl, cpc, both with a comma between them, or none: " + text);
          };
      if (!peers.contains(peer)) {
        peers.add(peer);
      }
    }
    return peers;
  }
}
