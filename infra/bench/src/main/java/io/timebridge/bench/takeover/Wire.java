package io.timebridge.bench.takeover;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;

/** What goes over the connection between a worker and the ledger. */
final class Wire {
  private Wire() {}

  /**
   * A worker asks.
   *
   * @param ask tells the answer to it from others
   * @param read whether it only reads; else it wants the record carried out
   * @param expected see {@link Ledger#carryOut}
   */
  record Question(long ask, boolean read, Delivery delivery, int expected) {
    void write(DataOutputStream out) throws IOException {
      out.writeLong(ask);
      out.writeBoolean(read);
      out.writeUTF(delivery.shard());
      out.writeInt(delivery.key());
      out.writeInt(delivery.number());
      out.writeLong(delivery.id());
      out.writeInt(expected);
      out.flush();
    }

    static Question read(DataInputStream in, String worker) throws IOException {
      return new Question(
          in.readLong(),
          in.readBoolean(),
          new Delivery(worker, in.readUTF(), in.readInt(), in.readInt(), in.readLong()),
          in.readInt());
    }
  }

  /** The ledger answers. */
  record Reply(long ask, Ledger.Answer answer) {
    void write(DataOutputStream out) throws IOException {
      out.writeLong(ask);
      out.writeBoolean(answer.carriedOut());
      out.writeInt(answer.version());
      out.flush();
    }

    static Reply read(DataInputStream in) throws IOException {
      return new Reply(in.readLong(), new Ledger.Answer(in.readBoolean(), in.readInt()));
    }
  }
}
