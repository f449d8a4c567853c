package io.timebridge.local.sim.second;

/** A business error: its name ({@code closed job}) and the value it is about. */
record Problem(String name, String value) {
  String message() {
    return value.isEmpty() ? name : name + ": " + value;
  }
}
