package io.timebridge.local.sim.second;

/**
 * The wrong forms that SecondService's listings of jobs and clients take, as faults to be posted.
 */
public enum WrongListing {
  NO_JOBS("\"action\":\"empty-list\",\"match\":\"/job/\""),
  NOTHING("\"action\":\"empty-list\""),
  HALF_THE_JOBS("\"action\":\"half-list\",\"match\":\"/job/\""),
  HALF("\"action\":\"half-list\""),
  HTML_ERROR("\"action\":\"html\""),
  HTML_WITH_200("\"action\":\"html\",\"status\":200"),
  ERROR_500("\"action\":\"status\",\"status\":500"),
  SESSION_LOST("\"action\":\"expire-session\""),
  /** The clients are listed, the jobs are not any more. */
  SESSION_LOST_HALF_WAY("\"action\":\"expire-session\",\"match\":\"/job/\""),
  CUT_OFF("\"action\":\"truncate\""),
  RESET("\"action\":\"reset\""),
  MOVED_COLUMNS("\"action\":\"moved-columns\""),
  DOUBLED_ROWS("\"action\":\"doubled-rows\""),
  TEXT_NUMBERS("\"action\":\"text-numbers\""),
  NO_HEADER("\"action\":\"no-header\",\"match\":\"/job/\""),
  LOST_COLUMN("\"action\":\"lost-column\"");

  /** Two listings a look: so often a fault has to strike for three looks. */
  public static final int THREE_LOOKS = 6;

  private final String fault;

  WrongListing(String fault) {
    this.fault = fault.contains("match") ? fault : fault + ",\"match\":\"/(job|client)/\"";
  }

  /** The JSON of a fault that strikes so often; of one that strikes until it is taken away: -1. */
  public String fault(int times) {
    return "{%s,\"count\":%d,\"seed\":%d}".formatted(fault, times, seed());
  }

  /** Tells its fault from others among those in force. */
  public long seed() {
    return Integer.toUnsignedLong(fault.hashCode());
  }
}
