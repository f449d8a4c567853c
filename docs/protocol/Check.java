import java.util.*;

/**
 * Explicit-state model checker for the per-key protocol of PROTOCOL.md. One key, stream workers and retry consumers, SecondService, the entry
 * row, Parked_Events, the FIFO retry queue and its DLQ. Breadth first, so every counterexample is a shortest one.
 * Time is abstracted: "the deadline has passed" is "no call sent under that token can land any more" (assumption A1); the budgets
 * lateApply / lateSend break that assumption on purpose. See README.md.
 */
public class Check {
  // ---- layout of a state (bytes) ----
  static final int FS = 0, LEASE = 1, CKPT = 2,
      RV = 3, RG = 4, RST = 5, RID = 6, IOP = 7, IV = 8, IG = 9, IPL = 10, IOWN = 11, LANE = 12, CNT = 13, LSEQ = 14, DD = 15,
      PN = 16, PE = 17, // up to 5 parked
      Q = 22, RC = 23, INF = 24, DLQ = 25,
      NID = 26, T = 26, // T+1..T+4
      SMAX = 31, CALL = 32, // 4 calls x 6: op,id,ver,own,status,cur
      BCRASH = 56, BLOST = 57, BREJ = 58, BSTEAL = 59, BVIS = 60, BLAPP = 61, BLSEND = 62, BLIE = 63, ACT = 64;
  static final int AW = 15;
  static final int PC = 0, ON = 1, POS = 2, BN = 3, TV = 4, TG = 5, TK = 6, OP = 7, ID = 8, FRESH = 9, FORCE = 10, LOOKN = 11, HELD = 12, C1 = 13, C2 = 14;
  static final int IDLE = 0, READ = 1, FETCH = 2, ACQ = 3, TAKE = 4, LOOK = 5, SEND = 6, INFL = 7, RES = 8, PARK = 9, WAKE = 10, FIN = 11,
      FOLLOW = 12, CDEL = 13, CREJ = 14, READD = 15, REMOVE = 16, CNACK = 17, WOKEN = 18;
  static final String[] PCN = {"idle", "read", "fetch", "acquire", "takeover", "look-up", "send", "in-flight", "result", "park", "wake", "finish",
      "follow", "delete-msg", "release", "re-add", "remove", "nack", "mark-woken"};
  static final int ADD = 1, UPD = 2, DEL = 3, DELX = 4;
  static final String[] OPN = {"-", "add", "update", "delete", "delete-double"};
  static final int VER = 32; // parked "verify" flag

  // ---- configuration ----
  static String roles = "SSC", hist = "CUD", places = "ABA"; // kind and place of version 1..N
  static int[] rv; static boolean[] thin, verify; static int n, nv, na, L;
  static int crash, lost, rej, steal, vis, lateApply, lateSend, lies, maxRecv = 2; static boolean fold = true, confirm = false, strict = true, repair = true, recon = false, vfold = false, redrive = true, sweep = false;
  static String bug = ""; static int cmax = 2;
  static boolean bug(String b) { return bug.equals(b); }
  static boolean noIntent(byte[] s, int b) { return bug("no-intent") || (bug("no-intent-upd") && s[b + OP] == UPD); }
  static boolean isDel(int v) { return hist.charAt(v - 1) == 'D'; }
  static int place(int v) { return isDel(v) ? 0 : 1 << (places.charAt(v - 1) - 'A'); }

  // ---- successor buffer ----
  static byte[][] out = new byte[256][]; static boolean[] fair = new boolean[256]; static String[] lab = new String[256]; static int no; static boolean labels;
  static String viol; static String violOut;
  static void emit(byte[] t, boolean f, String l) { out[no] = t; fair[no] = f; lab[no] = l; no++; }
  static int a(int i) { return ACT + AW * i; }
  static void touch(byte[] t, int i) { for (int j = 0; j < na; j++) if (j != i) t[a(j) + FRESH] = 0; }
  static void clear(byte[] t, int i) { for (int k = BN; k < AW; k++) t[a(i) + k] = 0; }
  static String nm(int i) { return (roles.charAt(i) == 'S' ? "worker" : "consumer") + (char) ('A' + i); }
  static int live(byte[] s) { int c = 0; for (int k = 1; k <= 4; k++) if (s[T + k] > 0 && s[T + k] < 9) c++; return c; }
  static boolean pendingCur(byte[] s) { for (int c = CALL; c < CALL + 24; c += 6) if (s[c] != 0 && s[c + 5] == 1 && s[c + 4] == 0) return true; return false; }
  static boolean anyPending(byte[] s) { for (int c = CALL; c < CALL + 24; c += 6) if (s[c] != 0) return true; return false; }
  static void freeCall(byte[] t, int c) { // remove and keep the array canonical (sorted to the left)
    for (int k = c; k < CALL + 18; k++) t[k] = t[k + 6];
    for (int k = CALL + 18; k < CALL + 24; k++) t[k] = 0;
  }
  static void canon(byte[] t) { // sort calls so that their order of sending does not distinguish states
    for (int x = CALL; x < CALL + 18; x += 6) for (int y = CALL; y < CALL + 18; y += 6) {
      boolean sw = false;
      if (t[y] == 0 && t[y + 6] != 0) sw = true;
      else if (t[y + 6] != 0) for (int k = 0; k < 6; k++) { if (t[y + k] != t[y + 6 + k]) { sw = t[y + k] > t[y + 6 + k]; break; } }
      if (sw) for (int k = 0; k < 6; k++) { byte b = t[y + k]; t[y + k] = t[y + 6 + k]; t[y + 6 + k] = b; }
    }
  }
  static boolean avail(byte[] s, int p) {
    if (p >= n) return false;
    if (verify[p]) { // the reconcile event comes when all else is quiet
      if ((s[DD] & 4) != 0) return !anyPending(s);
      if (!recon || s[FS] != nv || anyPending(s) || s[Q] != 0 || s[DLQ] != 0 || s[CKPT] != p) return false;
      for (int i = 0; i < na; i++) if (s[a(i) + PC] != IDLE) return false;
      return true;
    }
    return rv[p] <= s[FS];
  }
  static int seqLast(byte[] s, int i) { return s[a(i) + POS] + s[a(i) + BN]; }
  static int carrier(byte[] s, int i) { // index of the record that carries the fold
    int p = s[a(i) + POS], b = p; for (int k = p; k < p + s[a(i) + BN]; k++) if (rv[k] >= rv[b]) b = k; return b;
  }

  // ---- the pure decision: row x event -> next step ----
  static void decide(byte[] t, int i, boolean fetched) {
    int b = a(i); boolean S = roles.charAt(i) == 'S'; boolean ver = t[b + FORCE] == 1; boolean anyThin = false, del = false; int ev = 0;
    if (S) {
      int last = seqLast(t, i);
      for (int k = t[b + POS]; k < last; k++) { if (verify[k]) ver = true; if (thin[k]) anyThin = true; if (isDel(rv[k])) del = true; if (!thin[k]) ev = Math.max(ev, rv[k]); }
      if (t[LSEQ] >= last && t[b + FORCE] == 0) { t[b + PC] = (byte) (t[LANE] != 0 && (t[DD] & 2) != 0 && !bug("no-rewake") ? WAKE : FIN); return; }
      if (t[LANE] != 0) { if ((t[DD] & 2) != 0 && !bug("no-rewake")) t[b + HELD] |= 8; t[b + PC] = FOLLOW; return; }
    } else {
      if (t[LANE] == 0) { t[b + PC] = CDEL; return; }
      int m = t[PN];
      if (m == 0) { t[b + BN] = 0; t[b + PC] = REMOVE; return; }
      int r1 = t[PE], i1 = (r1 & 31) - 1; int bn = 1; t[b + C1] = t[PE]; t[b + C2] = 0;
      if ((r1 & VER) != 0 || verify[i1]) ver = true;
      anyThin = thin[i1]; del = isDel(rv[i1]); if (!anyThin) ev = rv[i1];
      if (fold && cmax > 1 && m > 1 && !ver && !del) {
        int i2 = (t[PE + 1] & 31) - 1;
        if ((t[PE + 1] & VER) == 0 && !verify[i2] && !isDel(rv[i2])) { bn = 2; t[b + C2] = t[PE + 1]; if (thin[i2]) anyThin = true; else ev = Math.max(ev, rv[i2]); }
      }
      t[b + BN] = (byte) bn; t[b + HELD] = (byte) (m == bn ? 2 : 0); // bit 2: "I saw nothing more" (used by a planted bug only)
    }
    if (!fetched) {
      boolean need = anyThin || ver || del;
      if (!need && ev > t[RV] && ev >= t[IV] && (t[RST] == 2 || t[IOP] == DEL) && !bug("undelete-blind")) need = true;
      if (del && bug("delete-blind")) { need = false; }
      if (need) { t[b + PC] = FETCH; return; }
      if (del) { t[b + TK] = 2; t[b + TV] = t[RV]; t[b + TG] = (byte) rvDel(t, i); }
      else { t[b + TK] = 1; t[b + TV] = (byte) ev; t[b + TG] = (byte) ev; }
    }
    if (!ver) {
      boolean skip = t[b + TK] == 1 ? t[b + TV] <= t[RV] : t[RST] == 2 && bug("skip-gone"); // gone is always written down: somebody else may hold an older fetch that says it lives
      if (!skip && t[b + TK] == 1 && t[b + TV] < t[IV] && !bug("fold-regress")) skip = true; // superseded: a newer version was tried, its record still waits somewhere
      if (skip && t[b + TK] == 2) t[RG] = (byte) Math.max(t[RG], t[b + TG]); // (with the planted bug) FirstService was asked: nothing up to its newest version is to be applied any more
      if (skip) { t[b + PC] = (byte) (S ? FIN : REMOVE); return; }
    }
    t[b + PC] = (byte) (t[IOP] != 0 ? TAKE : ACQ);
  }
  static int rvDel(byte[] t, int i) { int b = a(i); if (roles.charAt(i) == 'S') return rv[t[b + POS]]; return rv[(t[b + C1] & 31) - 1]; }

  static boolean isVerify(byte[] s, int i) {
    int b = a(i); if (s[b + FORCE] == 1) return true;
    if (roles.charAt(i) == 'S') return verify[s[b + POS]];
    return (s[b + C1] & VER) != 0 || verify[(s[b + C1] & 31) - 1];
  }
  static void finishApplied(byte[] t, int i) { // the tail of the result write: last sequence, or removal of what was drained
    int b = a(i);
    if (roles.charAt(i) == 'S') { t[LSEQ] = (byte) Math.max(t[LSEQ], seqLast(t, i)); t[b + PC] = FIN; }
    else { remove(t, i); t[b + PC] = READ; if (t[LANE] == 0) t[b + PC] = CDEL; }
  }
  static void remove(byte[] t, int i) {
    int b = a(i), bn = t[b + BN];
    boolean match = t[PN] >= bn && (bn < 1 || t[PE] == t[b + C1]) && (bn < 2 || t[PE + 1] == t[b + C2]);
    if (!match) return;
    for (int k = 0; k < bn; k++) { for (int x = PE; x < PE + 4; x++) t[x] = t[x + 1]; t[PE + 4] = 0; t[PN]--; }
    t[CNT] = (byte) Math.max(0, t[CNT] - bn);
    if (bug("unpark-blind") ? (t[b + HELD] & 2) != 0 || bn == 0 : t[CNT] == 0) { t[LANE] = 0; t[DD] &= 13; if (bug("unpark-blind")) t[CNT] = 0; }
  }
  static void addParked(byte[] t, int rec, boolean ver) {
    if (t[PN] >= 5) { violOut = "model: parked list overflow"; return; }
    t[PE + t[PN]] = (byte) ((rec + 1) | (ver ? VER : 0)); t[PN]++;
  }

  static void expand(byte[] s) {
    no = 0; violOut = null;
    byte[] t;
    // FirstService moves on
    if (s[FS] < nv) { t = s.clone(); t[FS]++; emit(t, true, labels ? "FirstService: version " + t[FS] + " (" + hist.charAt(t[FS] - 1) + ")" : null); }
    // calls under way
    for (int c = CALL; c < CALL + 24; c += 6) {
      if (s[c] == 0) break;
      int own = s[c + 3];
      if (s[c + 4] == 0) {
        t = s.clone(); int op = t[c], id = t[c + 1], g = t[c + 2]; String bad = null; int st = 1;
        if (op == ADD) { int k = ++t[NID]; if (k > 4) { bad = "model: too many timesheets"; k = 4; } t[T + k] = (byte) g; t[c + 1] = (byte) k; if (g < t[SMAX]) bad = "I2 stale add of v" + g + " after v" + t[SMAX]; }
        else if (op == UPD) { if (t[T + id] > 0 && t[T + id] < 9) { t[T + id] = (byte) g; if (g < t[SMAX]) bad = "I2 stale update v" + g + " after v" + t[SMAX]; } else st = 2; }
        else { if (t[T + id] > 0 && t[T + id] < 9) { if (op == DEL && g < t[SMAX]) bad = "I2 stale delete v" + g + " after v" + t[SMAX]; t[T + id] = 9; } else st = 2; }
        if (op != DELX) t[SMAX] = (byte) Math.max(t[SMAX], g);
        if (live(t) > 1 && bad == null) bad = "I1 two timesheets at once";
        t[c + 4] = (byte) st;
        if (own == 0) freeCall(t, c);
        canon(t);
        emit(t, true, labels ? "SecondService applies " + OPN[op] + " v" + g + (op == ADD ? " -> id " + t[NID] : " id " + id) + (own == 0 ? " (LATE: its sender is gone or gave up)" : " of " + nm(own - 1)) + (st == 2 ? " -> unknown timesheet" : "") : null);
        if (bad != null && (strict || bad.startsWith("model"))) violOut = bad + "@" + (no - 1);
        if (own != 0 && s[BREJ] > 0 && s[c] != DELX) { t = s.clone(); t[BREJ]--; t[c + 4] = 3; canon(t); emit(t, false, labels ? "SecondService rejects " + OPN[op] + " v" + g + " of " + nm(own - 1) : null); }
        if (s[BLOST] > 0) { t = s.clone(); t[BLOST]--; if (own == 0) freeCall(t, c); else t[c + 4] = 4; canon(t); emit(t, false, labels ? "network loses the request " + OPN[op] + " v" + g : null); }
      }
    }
    // lease
    for (int i = 0; i < na; i++) if (roles.charAt(i) == 'S' && s[LEASE] != i) {
      boolean ownerOn = s[a(s[LEASE]) + ON] == 1;
      boolean can = s[a(i) + ON] == 0 || s[a(i) + PC] == IDLE;
      if (!ownerOn && can) { t = s.clone(); t[LEASE] = (byte) i; t[a(i) + ON] = 1; t[a(i) + POS] = t[CKPT]; emit(t, true, labels ? nm(i) + " takes the free lease at " + t[CKPT] : null); }
      if (ownerOn && can && s[BSTEAL] > 0) { t = s.clone(); t[BSTEAL]--; t[LEASE] = (byte) i; t[a(i) + ON] = 1; t[a(i) + POS] = t[CKPT]; emit(t, false, labels ? nm(i) + " takes the lease over at " + t[CKPT] + "; " + nm(s[LEASE]) + " does not know" : null); }
    }
    if (roles.charAt(s[LEASE]) == 'S' && s[a(s[LEASE]) + ON] == 0) { int i = s[LEASE]; t = s.clone(); t[a(i) + ON] = 1; t[a(i) + POS] = t[CKPT]; emit(t, true, labels ? nm(i) + " restarts at " + t[CKPT] : null); }
    // queue
    if (s[INF] != 0) { int j = s[INF] - 1; boolean idle = s[a(j) + PC] == IDLE; if (idle || s[BVIS] > 0) { t = s.clone(); if (!idle) t[BVIS]--; t[INF] = 0; emit(t, idle, labels ? "SQS: visibility timeout of the wake-up held by " + nm(j) : null); } }
    if (redrive && s[DLQ] > 0 && s[Q] < 2) { t = s.clone(); t[DLQ]--; t[Q]++; if (t[Q] == 1) t[RC] = 0; emit(t, true, labels ? "somebody redrives the DLQ" : null); }
    if (sweep && s[LANE] == 1 && s[Q] == 0) { t = s.clone(); t[Q] = 1; t[RC] = 0; t[INF] = 0; emit(t, true, labels ? "sweep: wake-up sent" : null); }
    // actors
    for (int i = 0; i < na; i++) actor(s, i);
  }

  static void actor(byte[] s, int i) {
    int b = a(i); boolean S = roles.charAt(i) == 'S'; byte[] t;
    if (S && s[b + ON] == 0) return;
    String me = labels ? nm(i) + " " : null;
    int pc = s[b + PC];
    if (pc != IDLE && s[BCRASH] > 0) {
      t = s.clone(); t[BCRASH]--; for (int k = 0; k < AW; k++) t[b + k] = 0; if (!S) t[b + ON] = 1;
      if (t[IOWN] == i + 1) t[IOWN] = 9;
      for (int c = CALL; c < CALL + 24; c += 6) while (t[c] != 0 && t[c + 3] == i + 1) { t[c + 3] = 0; if (t[c + 4] != 0) freeCall(t, c); }
      canon(t); emit(t, false, labels ? me + "CRASHES at " + PCN[pc] : null);
    }
    if (S && s[LEASE] == i) {
      int upto = s[b + POS]; if (bug("ckpt-early") && pc == PARK) upto += s[b + BN];
      if (s[CKPT] < upto) { t = s.clone(); t[CKPT] = (byte) upto; emit(t, true, labels ? me + "checkpoints " + upto : null); }
    }
    switch (pc) {
      case IDLE:
        if (S) {
          int p = s[b + POS];
          if (avail(s, p)) {
            t = s.clone(); clear(t, i); t[b + BN] = 1; t[b + PC] = READ; emit(t, true, labels ? me + "starts record #" + (p + 1) + recName(p) : null);
            if (fold && avail(s, p + 1) && !verify[p] && !verify[p + 1] && !isDel(rv[p]) && !isDel(rv[p + 1])) { t = t.clone(); t[b + BN] = 2; emit(t, true, labels ? me + "starts records #" + (p + 1) + "+#" + (p + 2) + " folded" : null); }
          }
        } else if (s[Q] > 0 && s[INF] == 0) {
          t = s.clone(); clear(t, i);
          if (t[RC] >= maxRecv) { t[Q]--; t[RC] = 0; if (t[DLQ] < 2) t[DLQ]++; emit(t, true, labels ? "SQS moves the wake-up to the DLQ" : null); }
          else { t[RC]++; t[INF] = (byte) (i + 1); t[b + PC] = READ; emit(t, true, labels ? me + "receives the wake-up (receive " + t[RC] + ")" : null); }
        }
        break;
      case READ:
        t = s.clone(); if (!S) { t[b + POS] = redrive ? 0 : t[PN]; t[DD] &= 7; } t[b + FRESH] = 1; t[b + LOOKN] = 0; t[b + HELD] = 0; t[b + OP] = 0; t[b + ID] = 0;
        if (bug("fetch-reuse") && t[b + TK] != 0 && t[b + TG] != 0 && S && t[LANE] == 0) { t[b + PC] = (byte) (t[b + TK] == 1 ? (t[b + TV] <= t[RV] ? FIN : t[IOP] != 0 ? TAKE : ACQ) : t[RST] == 2 ? FIN : t[IOP] != 0 ? TAKE : ACQ); }
        else { t[b + TV] = t[b + TG] = t[b + TK] = 0; decide(t, i, false); }
        if (vfold && !S && t[b + BN] == 2) { // the other choice: a drain that takes fewer events than it could
          byte[] u = s.clone(); u[b + POS] = redrive ? 0 : u[PN]; u[DD] &= 7; u[b + FRESH] = 1; u[b + LOOKN] = 0; u[b + HELD] = 0; u[b + OP] = 0; u[b + ID] = 0; u[b + TV] = u[b + TG] = u[b + TK] = 0; cmax = 1; decide(u, i, false); cmax = 2;
          emit(u, true, labels ? me + "reads the row, takes one parked event -> " + PCN[u[b + PC]] : null);
        }
        emit(t, true, labels ? me + "reads the row -> " + PCN[t[b + PC]] + (t[b + TK] != 0 ? " (target " + (t[b + TK] == 2 ? "deleted" : "v" + t[b + TV]) + ")" : "") : null);
        break;
      case FETCH:
        t = s.clone();
        if (t[b + FRESH] == 0 && !bug("fetch-reuse")) { t[b + PC] = READ; emit(t, true, labels ? me + "row moved on, reads again" : null); break; }
        t[b + TG] = t[FS];
        if (isDel(t[FS])) { t[b + TK] = 2; t[b + TV] = t[RV]; } else { t[b + TK] = 1; t[b + TV] = t[FS]; }
        if (!S && t[b + BN] == 1) cmax = 1;
        decide(t, i, true); cmax = 2;
        emit(t, true, labels ? me + "fetches the entry: " + (isDel(t[FS]) ? "404" : "v" + t[FS]) + " -> " + PCN[t[b + PC]] : null);
        break;
      case ACQ: case TAKE: {
        if (s[BREJ] > 0 && !isVerify(s, i) && (pc == ACQ || bug("park-under-intent"))) { t = s.clone(); t[BREJ]--; t[b + HELD] &= 2; t[b + PC] = (byte) (S ? PARK : CNACK); emit(t, false, labels ? me + "cannot go on before any call (no mapping)" : null); }
        if (s[b + FRESH] == 0) { t = s.clone(); t[b + PC] = READ; emit(t, true, labels ? me + PCN[pc] + ": condition failed, reads again" : null); break; }
        boolean late = false;
        if (pc == TAKE && pendingCur(s) && !bug("no-wait")) { if (s[BLAPP] > 0) late = true; else break; }
        t = s.clone(); if (late) t[BLAPP]--;
        boolean ver = isVerify(s, i);
        int tk = t[b + TK];
        int op = tk == 2 ? DEL : t[RID] != 0 ? UPD : ADD;
        if (pc == ACQ && tk == 2 && t[RID] == 0 && !ver) { // tombstone, nothing to call
          t[RST] = 2; t[RG] = (byte) Math.max(t[RG], t[b + TG]); touch(t, i); finishApplied(t, i); emit(t, true, labels ? me + "writes a tombstone, no call" : null); break;
        }
        int pl = t[IPL];
        if (bug("drop-places") && S) { t[b + C1] = (byte) (pl | place2(t, b)); pl = 0; }
        if (op == ADD || (pl != 0 && tk == 1) || (bug("drop-places") && t[IPL] != 0)) pl |= place2(t, b);
        if (ver) pl |= 7;
        boolean look = ver || (pc == TAKE && t[IPL] != 0);
        t[b + OP] = (byte) op; t[b + ID] = t[RID];
        if (noIntent(t, b)) { t[b + PC] = SEND; t[b + HELD] |= 1; emit(t, true, labels ? me + "goes on WITHOUT an intent" : null); break; }
        t[IOP] = (byte) op; if (bug("fold-regress")) { t[IV] = t[b + TV]; t[IG] = t[b + TG]; } else if (tk == 1) { t[IV] = (byte) Math.max(t[IV], t[b + TV]); t[IG] = (byte) Math.max(t[IG], t[b + TG]); } t[IPL] = (byte) pl; t[IOWN] = (byte) (i + 1);
        for (int c = CALL; c < CALL + 24; c += 6) if (t[c] != 0) t[c + 5] = 0;
        canon(t); touch(t, i); t[b + HELD] |= 1; if (pc == TAKE) t[b + HELD] |= 16;
        t[b + PC] = (byte) (look ? LOOK : SEND);
        emit(t, !late, labels ? me + (pc == TAKE ? "takes the open intent over" + (late ? " TOO EARLY (A1 broken: a call of it is still under way)" : " (deadline over)") : "writes intent") + ": " + OPN[op] + " " + (tk == 2 ? "" : "v" + t[b + TV]) + " places " + pl : null);
        break;
      }
      case LOOK: {
        int mask = bug("look-same-day") ? place2(s, b) == 0 ? s[IPL] & 1 : place2(s, b) : bug("drop-places") && S ? s[b + C1] : s[IPL];
        if (s[IOWN] != i + 1) { t = s.clone(); t[b + PC] = READ; emit(t, true, labels ? me + "intent was taken over, reads again" : null); break; }
        for (int lie = 0; lie <= (s[BLIE] > 0 ? 1 : 0); lie++) {
          t = s.clone(); if (lie == 1) t[BLIE]--;
          int keep = 0, extra = 0;
          if (lie == 0) for (int k = 1; k <= 4; k++) if (t[T + k] > 0 && t[T + k] < 9 && (place(t[T + k]) & mask) != 0) { if (keep == 0) keep = k; else if (k == t[RID]) { extra = keep; keep = k; } else extra = k; }
          String r;
          if (keep == 0) {
            t[b + LOOKN]++;
            if (confirm && t[b + LOOKN] < 2) { r = "nothing (first look)"; }
            else if (t[b + TK] == 2) { t[b + ID] = 0; t[b + PC] = RES; r = "nothing: done"; }
            else { t[b + ID] = 0; t[b + OP] = ADD; t[b + PC] = SEND; r = "nothing: will add"; }
          } else if (extra != 0) { t[b + OP] = DELX; t[b + ID] = (byte) extra; t[b + PC] = SEND; r = "a double: id " + extra; }
          else if (t[b + TK] == 1 && t[T + keep] == t[b + TG]) { t[b + ID] = (byte) keep; t[b + OP] = UPD; t[b + PC] = RES; r = "id " + keep + " with the wanted content: adopts it"; }
          else { t[b + ID] = (byte) keep; t[b + OP] = (byte) (t[b + TK] == 2 ? DEL : UPD); t[b + PC] = SEND; r = "id " + keep + ": adopts it"; }
          emit(t, lie == 0, labels ? me + "looks the mark up: " + (lie == 1 ? "FALSELY " : "") + r : null);
        }
        break;
      }
      case SEND: {
        boolean mine = s[IOWN] == i + 1 || noIntent(s, b);
        if (!mine) { t = s.clone(); t[b + PC] = READ; emit(t, true, labels ? me + "is past its send-by, sends nothing, reads again" : null); if (s[BLSEND] == 0) break; }
        if (mine && s[BREJ] > 0 && (s[b + HELD] & 16) != 0 && !isVerify(s, i) && s[b + OP] != DELX) { t = s.clone(); t[BREJ]--; t[b + PC] = (byte) (S ? PARK : CREJ); emit(t, false, labels ? me + "cannot go on (no mapping), after it resolved the old intent" : null); }
        t = s.clone(); if (!mine) { t[BLSEND]--; t[b + HELD] |= 64; }
        int c = CALL; while (c < CALL + 24 && t[c] != 0) c += 6;
        if (c >= CALL + 24) break;
        t[c] = t[b + OP]; t[c + 1] = t[b + ID]; t[c + 2] = t[b + TG]; t[c + 3] = (byte) (i + 1); t[c + 4] = 0; t[c + 5] = (byte) (mine ? 1 : 0);
        if (t[b + OP] == ADD) t[c + 1] = 0;
        canon(t); t[b + PC] = INFL;
        emit(t, mine, labels ? me + "sends " + OPN[t[b + OP]] + " v" + t[b + TG] + (t[b + OP] == ADD ? "" : " id " + t[b + ID]) + (mine ? "" : " AFTER its send-by (frozen between check and write)") : null);
        break;
      }
      case INFL: {
        int c = CALL; while (c < CALL + 24 && s[c + 3] != i + 1) c += 6;
        int st = s[c + 4], op = s[b + OP];
        if (st == 1 || st == 2 || st == 3) {
          t = s.clone(); int rid = t[c + 1]; freeCall(t, c); canon(t);
          String r;
          if (st == 3) { t[b + PC] = (byte) (S ? PARK : CREJ); r = "rejected"; }
          else if (op == DELX) { t[b + PC] = LOOK; t[b + LOOKN] = 0; r = "double removed"; }
          else if (st == 2 && op == UPD) { t[b + PC] = READD; r = "unknown timesheet"; }
          else { if (op == ADD) t[b + ID] = (byte) rid; t[b + PC] = RES; r = "ok"; }
          emit(t, true, labels ? me + "gets the answer: " + r : null);
        }
        if (s[BLOST] > 0 || st == 4) {
          t = s.clone(); if (st != 4) t[BLOST]--;
          if (st == 0) t[c + 3] = 0; else freeCall(t, c);
          canon(t);
          t[b + PC] = READ; String how = "outcome unknown, reads again"; if ((t[b + HELD] & 64) != 0 && repair && verify[n - 1]) { t[DD] |= 4; how += ", publishes a verify event"; }
          if (bug("retry-in-lane")) { t[b + PC] = SEND; how = "outcome unknown, SENDS AGAIN at once"; }
          emit(t, st == 4, labels ? me + "gives up waiting: " + how : null);
        }
        break;
      }
      case READD:
        t = s.clone();
        if (t[IOWN] != i + 1) { t[b + PC] = READ; emit(t, true, labels ? me + "intent was taken over, reads again" : null); break; }
        t[IOP] = ADD; t[IPL] |= place2(t, b); t[RID] = 0; t[b + OP] = ADD; t[b + ID] = 0; touch(t, i); t[b + PC] = SEND;
        emit(t, true, labels ? me + "rewrites its intent: the timesheet is gone, add" : null);
        break;
      case RES: {
        t = s.clone();
        boolean ok = noIntent(t, b) ? t[b + FRESH] == 1 : t[IOWN] == i + 1;
        if (!ok) { if (repair && n > 0 && verify[n - 1]) t[DD] |= 4; t[b + PC] = READ; emit(t, true, labels ? me + "result: condition failed (intent was taken over), publishes a verify event" : null); break; }
        String bad = t[b + TG] < t[RG] ? "I2 row goes back from v" + t[RG] + " to v" + t[b + TG] : null;
        t[RV] = (byte) Math.max(t[RV], t[b + TV]); t[RG] = t[b + TG]; t[RST] = t[b + TK]; t[RID] = t[b + TK] == 1 ? t[b + ID] : 0;
        closeIntent(t); touch(t, i); t[b + FORCE] = 0; finishApplied(t, i);
        emit(t, true, labels ? me + "writes result: " + (t[RST] == 2 ? "deleted" : "v" + t[RV] + " id " + t[RID]) + (S ? "" : " and removes what it drained" + (t[LANE] == 0 ? "; key back to STREAM" : "")) : null);
        if (bad != null && strict) violOut = bad + "@" + (no - 1);
        break;
      }
      case PARK: {
        t = s.clone(); boolean held = (t[b + HELD] & 1) != 0; int last = seqLast(t, i);
        if (noIntent(t, b) ? t[b + FRESH] == 0 : held ? t[IOWN] != i + 1 : t[b + FRESH] == 0) { t[b + PC] = READ; emit(t, true, labels ? me + "park: condition failed, reads again" : null); break; }
        if (held && !bug("no-intent")) { if (!bug("park-forgets-id") ) { if (t[b + ID] != 0 && t[b + OP] != DELX) { t[RID] = t[b + ID]; t[RST] = 1; } } closeIntent(t); }
        boolean ver = t[b + FORCE] == 1;
        if (t[LSEQ] < last || ver) { addParked(t, carrier(t, i), ver); t[CNT]++; if (t[LANE] == 0) { t[LANE] = 1; t[DD] = (byte) (bug("dedup-per-key") ? t[DD] | 2 : (t[DD] & 12) | 2); outdate(t, i); } t[LSEQ] = (byte) Math.max(t[LSEQ], last); }
        touch(t, i); t[b + FORCE] = 0; t[b + PC] = WAKE;
        emit(t, true, labels ? me + "parks #" + last + " in one transaction" : null);
        break;
      }
      case FOLLOW: {
        t = s.clone(); int last = seqLast(t, i); boolean ver = t[b + FORCE] == 1;
        if (((t[LANE] == 0 || (t[b + HELD] & 4) != 0) && !bug("follow-plain-put")) || (t[LSEQ] >= last && !ver)) { t[b + PC] = READ; emit(t, true, labels ? me + "follow: condition failed, reads again" : null); break; }
        addParked(t, carrier(t, i), ver); t[CNT]++; t[LSEQ] = (byte) Math.max(t[LSEQ], last); t[b + FORCE] = 0;
        if (!redrive) t[DD] |= 8; // ghost: no wake-up has seen it yet
        if (t[LANE] == 2 && !bug("dead-follow")) { newEpisode(t, i); t[LANE] = 1; t[b + HELD] |= 8; }
        t[b + PC] = (byte) ((t[b + HELD] & 8) != 0 ? WAKE : FIN);
        emit(t, true, labels ? me + "#" + last + " follows into Parked_Events" : null);
        break;
      }
      case WAKE: {
        t = s.clone(); boolean old = (t[b + HELD] & 4) != 0; // of an episode that is over: an extra message at worst
        boolean dropped = !old && (t[DD] & 1) != 0;
        if (!dropped) { if (t[Q] < 2) { t[Q]++; if (t[Q] == 1) { t[RC] = 0; t[INF] = 0; } } if (!old) t[DD] |= 1; }
        t[b + PC] = WOKEN; emit(t, true, labels ? me + "sends the wake-up" + (dropped ? " (SQS drops it as a duplicate)" : "") : null);
        break;
      }
      case WOKEN:
        t = s.clone(); if ((t[b + HELD] & 4) == 0) t[DD] &= 13; t[b + PC] = FIN; emit(t, true, labels ? me + "marks the wake-up as sent" : null);
        break;
      case FIN:
        t = s.clone(); t[b + POS] += t[b + BN]; if (!S) t[b + POS] = 0; t[b + PC] = IDLE; clear(t, i); emit(t, true, labels ? me + "finishes up to #" + t[b + POS] : null);
        break;
      case REMOVE:
        t = s.clone();
        if (t[b + FRESH] == 0) { t[b + PC] = READ; emit(t, true, labels ? me + "remove: condition failed, reads again" : null); break; }
        remove(t, i); touch(t, i); t[b + PC] = (byte) (t[LANE] == 0 ? CDEL : READ); emit(t, true, labels ? me + "removes skipped parked events" + (t[LANE] == 0 ? "; key back to STREAM" : "") : null);
        break;
      case CREJ:
        t = s.clone();
        if (t[IOWN] == i + 1) { if (t[b + ID] != 0 && !bug("park-forgets-id")) { t[RID] = t[b + ID]; t[RST] = 1; } closeIntent(t); touch(t, i); }
        t[b + PC] = CNACK; emit(t, true, labels ? me + "closes its intent after the rejection" : null);
        break;
      case CNACK: {
        t = s.clone(); String how = "leaves the wake-up for its visibility timeout"; int nx = IDLE;
        if (!redrive && t[INF] == i + 1 && t[RC] >= maxRecv && t[LANE] == 1) { // the last receive
          if ((t[PN] == t[b + POS] && (t[b + FRESH] == 1 || bug("dead-count-only"))) || bug("dead-blind")) { t[LANE] = 2; touch(t, i); how = "was the last receive: marks the key DEAD"; }
          else { newEpisode(t, i); nx = WAKE; how = "was the last receive, but an event followed meanwhile: new episode, wake-up owed"; }
        }
        if (t[INF] == i + 1) t[INF] = 0; t[b + PC] = IDLE; clear(t, i); t[b + POS] = 0; t[b + PC] = (byte) nx; emit(t, true, labels ? me + how : null);
        break;
      }
      case CDEL:
        t = s.clone(); if (t[INF] == i + 1 && t[Q] > 0) { t[Q]--; t[RC] = 0; t[INF] = 0; } t[b + PC] = IDLE; clear(t, i); emit(t, true, labels ? me + "deletes the wake-up" : null);
        break;
      default: throw new IllegalStateException();
    }
  }
  static void outdate(byte[] t, int i) { for (int j = 0; j < na; j++) if (j != i && (t[a(j) + PC] == WAKE || t[a(j) + PC] == WOKEN || t[a(j) + PC] == FOLLOW)) t[a(j) + HELD] |= 4; }
  static void newEpisode(byte[] t, int i) { t[DD] = (byte) ((t[DD] & 12) | 2); t[a(i) + HELD] &= ~4; outdate(t, i); }
  static void closeIntent(byte[] t) { t[IOP] = 0; if (bug("forget-tried")) { t[IV] = 0; t[IG] = 0; } t[IPL] = 0; t[IOWN] = 0; for (int c = CALL; c < CALL + 24; c += 6) if (t[c] != 0) t[c + 5] = 0; canon(t); }
  static int place2(byte[] t, int b) { return t[b + TK] == 1 ? place(t[b + TG]) : 0; }
  static String recName(int p) { return verify[p] ? " (verify)" : " (v" + rv[p] + (isDel(rv[p]) ? " delete" : "") + (thin[p] ? ", thin" : "") + ")"; }

  static String invariant(byte[] s) {
    if (s[LANE] == 0 && s[PN] > 0) return "I4 lane STREAM while " + s[PN] + " event(s) are parked";
    for (int r = 0; r < s[CKPT]; r++) if (!verify[r]) {
      boolean ok = s[RG] >= rv[r] || s[IG] >= rv[r];
      for (int k = 0; k < s[PN] && !ok; k++) { int x = (s[PE + k] & 31) - 1; if (rv[x] >= rv[r] || verify[x]) ok = true; }
      if (!ok) return "I3 record #" + (r + 1) + " is below the checkpoint but neither applied, superseded nor parked";
    }
    return null;
  }
  static String quiescent(byte[] s) {
    if (!redrive && s[LANE] == 2 && s[DLQ] > 0) return (s[DD] & 8) != 0 ? "I5 DEAD with an event that no wake-up ever saw" : null;
    if (s[LANE] != 0) return "I5 stuck: lane PARKED, nobody to wake it";
    int end = !recon && verify[n - 1] && (s[DD] & 4) == 0 ? n - 1 : n;
    if (s[FS] != nv || s[CKPT] != end) return "I5 stuck before the end of the stream";
    int want = isDel(nv) ? 0 : 1, lv = live(s);
    if (lv != want) return "I1 at rest: " + lv + " timesheets, wanted " + want;
    for (int k = 1; k <= 4; k++) if (s[T + k] > 0 && s[T + k] < 9) { if (s[T + k] != nv) return "I1 at rest: content v" + s[T + k] + ", wanted v" + nv; if (s[RID] != k) return "I1 at rest: the row knows id " + s[RID] + ", not " + k; }
    if (s[IOP] != 0) return "I5 an intent is left open";
    return null;
  }
  static boolean quiet(byte[] s) { return quiescent(s) == null; }

  // ---- storage and search ----
  static byte[][] chunks = new byte[4096][]; static final int PER = 1 << 14; static int count; static int[] table; static int[] parent;
  static byte[] get(int k) { byte[] r = new byte[L]; System.arraycopy(chunks[k / PER], (k % PER) * L, r, 0, L); return r; }
  static int hash(byte[] s) { long h = 1125899906842597L; for (int k = 0; k < L; k++) h = (h ^ s[k]) * 0x9E3779B97F4A7C15L ^ (h >>> 29); return (int) (h ^ (h >>> 32)); }
  static boolean same(int k, byte[] s) { int o = (k % PER) * L; return Arrays.equals(chunks[k / PER], o, o + L, s, 0, L); }
  static int put(byte[] s, int par) { // >=0 new index, or -1-index when known
    if (count * 2L > table.length) { int[] old = table; table = new int[old.length * 2]; Arrays.fill(table, -1); for (int v : old) if (v >= 0) { int h = hash(get(v)) & (table.length - 1); while (table[h] >= 0) h = (h + 1) & (table.length - 1); table[h] = v; } }
    int h = hash(s) & (table.length - 1);
    while (table[h] >= 0) { if (same(table[h], s)) return -1 - table[h]; h = (h + 1) & (table.length - 1); }
    if (count == parent.length) parent = Arrays.copyOf(parent, parent.length * 2);
    int k = count++; if (k / PER == chunks.length) chunks = Arrays.copyOf(chunks, chunks.length * 2); if (chunks[k / PER] == null) chunks[k / PER] = new byte[PER * L];
    System.arraycopy(s, 0, chunks[k / PER], (k % PER) * L, L); parent[k] = par; table[h] = k; return k;
  }
  static long maxStates = 60_000_000L;

  static String run(boolean liveness) {
    L = ACT + AW * na; Arrays.fill(chunks, null); count = 0; table = new int[1 << 20]; Arrays.fill(table, -1); parent = new int[1 << 20];
    byte[] s = new byte[L]; s[FS] = 1; s[LEASE] = 0; s[BCRASH] = (byte) crash; s[BLOST] = (byte) lost; s[BREJ] = (byte) rej; s[BSTEAL] = (byte) steal; s[BVIS] = (byte) vis; s[BLAPP] = (byte) lateApply; s[BLSEND] = (byte) lateSend; s[BLIE] = (byte) lies;
    for (int i = 0; i < na; i++) s[a(i) + ON] = (byte) (i == 0 || roles.charAt(i) == 'C' ? 1 : 0);
    put(s, -1); labels = false;
    int[] ef = liveness ? new int[1 << 20] : null, et = liveness ? new int[1 << 20] : null; int ne = 0; BitSet good = new BitSet(); int quiesc = 0;
    for (int k = 0; k < count; k++) {
      byte[] cur = get(k); expand(cur);
      int nn = no; String vo = violOut; boolean anyFair = false; byte[][] o = Arrays.copyOf(out, nn); boolean[] f = Arrays.copyOf(fair, nn);
      for (int x = 0; x < nn; x++) {
        if (f[x]) anyFair = true;
        int r = put(o[x], k); int idx = r >= 0 ? r : -1 - r;
        if (liveness && f[x]) { if (ne == ef.length) { ef = Arrays.copyOf(ef, ne * 2); et = Arrays.copyOf(et, ne * 2); } ef[ne] = k; et[ne++] = idx; }
        if (vo != null && vo.endsWith("@" + x)) return fail(vo.substring(0, vo.lastIndexOf('@')), k, o[x]);
        if (r >= 0) { String in = invariant(o[x]); if (in != null) return fail(in, k, o[x]); }
      }
      if (vo != null && !vo.contains("@")) return fail(vo, k, null);
      if (!anyFair) { quiesc++; String qv = quiescent(cur); if (qv != null) return fail(qv, parent[k], cur); good.set(k); }
      if (count > maxStates) return "LIMIT reached at " + count + " states (no violation so far)";
    }
    String lv = "";
    if (liveness) {
      int[] deg = new int[count + 1]; for (int e = 0; e < ne; e++) deg[et[e] + 1]++; for (int k = 0; k < count; k++) deg[k + 1] += deg[k];
      int[] fill = Arrays.copyOf(deg, count), adj = new int[ne]; for (int e = 0; e < ne; e++) adj[fill[et[e]]++] = ef[e];
      BitSet seen = (BitSet) good.clone(); int[] st = new int[count]; int sp = 0; for (int k = good.nextSetBit(0); k >= 0; k = good.nextSetBit(k + 1)) st[sp++] = k;
      while (sp > 0) { int k = st[--sp]; for (int e = deg[k]; e < deg[k + 1]; e++) if (!seen.get(adj[e])) { seen.set(adj[e]); st[sp++] = adj[e]; } }
      int trap = seen.nextClearBit(0);
      if (trap < count) return fail("I5 livelock: no fair path to a good end", parent[trap], get(trap));
      lv = ", every state can reach a good end by fair steps";
    }
    return "ok " + count + " states, " + quiesc + " ends" + lv;
  }
  static List<String> trace;
  static String fail(String v, int k, byte[] last) {
    LinkedList<byte[]> path = new LinkedList<>(); if (last != null) path.addFirst(last); for (int x = k; x >= 0; x = parent[x]) path.addFirst(get(x));
    trace = new ArrayList<>(); labels = true; byte[] p = null;
    for (byte[] q : path) { if (p != null) { expand(p); for (int x = 0; x < no; x++) if (Arrays.equals(out[x], q)) { trace.add(lab[x]); break; } } p = q; }
    labels = false; return "VIOLATION " + v + " (" + count + " states, " + trace.size() + " steps)";
  }
  static void stream(String spec) {
    String[] w = spec.trim().split("\\s+"); n = w.length; rv = new int[n]; thin = new boolean[n]; verify = new boolean[n];
    for (int k = 0; k < n; k++) { if (w[k].equals("V")) { verify[k] = true; thin[k] = true; rv[k] = nv; } else { rv[k] = w[k].charAt(0) - '0'; thin[k] = w[k].endsWith("t") || isDel(rv[k]); } }
  }
  static void set(String k, String v) {
    switch (k) {
      case "roles" -> { roles = v; na = v.length(); } case "hist" -> { hist = v; nv = v.length(); } case "places" -> places = v;
      case "crash" -> crash = Integer.parseInt(v); case "lost" -> lost = Integer.parseInt(v); case "rej" -> rej = Integer.parseInt(v); case "steal" -> steal = Integer.parseInt(v);
      case "vis" -> vis = Integer.parseInt(v); case "lateApply" -> lateApply = Integer.parseInt(v); case "lateSend" -> lateSend = Integer.parseInt(v); case "lies" -> lies = Integer.parseInt(v);
      case "fold" -> fold = v.equals("1"); case "confirm" -> confirm = v.equals("1"); case "strict" -> strict = v.equals("1"); case "redrive" -> redrive = v.equals("1"); case "vfold" -> vfold = v.equals("1"); case "recon" -> recon = v.equals("1"); case "repair" -> repair = v.equals("1"); case "sweep" -> sweep = v.equals("1");
      case "bug" -> bug = v; case "recv" -> maxRecv = Integer.parseInt(v); case "max" -> maxStates = Long.parseLong(v); default -> throw new IllegalArgumentException(k);
    }
  }
  public static void main(String[] args) {
    set("roles", roles); set("hist", hist); String streams = null; boolean liveness = true, quietTrace = false;
    for (String x : args) { int e = x.indexOf('='); String k = x.substring(0, e), v = x.substring(e + 1); if (k.equals("stream")) streams = v; else if (k.equals("live")) liveness = v.equals("1"); else if (k.equals("trace")) quietTrace = v.equals("0"); else set(k, v); }
    int bad = 0; long total = 0;
    for (String sp : streams.split(",")) {
      stream(sp); long t0 = System.currentTimeMillis(); trace = null; String r = run(liveness); total += count;
      System.out.printf("[%s] hist=%s places=%s roles=%s crash=%d lost=%d rej=%d steal=%d vis=%d late=%d/%d lies=%d%s : %s  %.1fs%n", sp.trim(), hist, places, roles, crash, lost, rej, steal, vis, lateApply, lateSend, lies, bug.isEmpty() ? "" : " bug=" + bug, r, (System.currentTimeMillis() - t0) / 1000.0);
      if (trace != null) { bad++; if (!quietTrace) for (int k = 0; k < trace.size(); k++) System.out.printf("   %2d %s%n", k + 1, trace.get(k)); }
    }
    System.out.println("total states " + total + ", violations " + bad);
    System.exit(bad > 0 ? 1 : 0);
  }
}
