/**
 * COPY in both directions, streamed: a table of any size passes through a few buffers. The client library knows the
 * messages of COPY and leaves what is in them to the query; these two queries are that.
 */
import { type Duplex, Readable } from 'node:stream';
import pg from 'pg';

/** Rows arrive one by one; they are passed on in pieces of about this size. */
const PIECE_BYTES = 65_536;

/**
 * The rows that `sql` (a `COPY … TO STDOUT`) gives, as they are on the wire. Read it to its end before the next query;
 * giving up before ends the connection, for the server would go on sending.
 */
export function copyOut(client: pg.PoolClient, sql: string): Readable {
  const { stream } = client.connection;
  let isOver = false;
  const pieces = new Readable({
    read: () => void stream.resume(),
    destroy(error, done) {
      if (!isOver) stream.destroy();
      done(error);
    },
  });
  client.query(
    new CopyOut(sql, {
      take(piece) {
        if (!pieces.push(piece)) stream.pause();
      },
      end(error) {
        isOver = true;
        // The answer to the next query comes by the same connection, however full this stream is.
        stream.resume();
        if (error === undefined) pieces.push(null);
        else pieces.destroy(error);
      },
    }),
  );
  return pieces;
}

/**
 * Sends `rows` to `sql` (a `COPY … FROM STDIN`); resolves when the server has taken all of them. When `rows` fail, the
 * server is told, nothing of the COPY stays, and their error is thrown.
 */
export function copyIn(client: pg.PoolClient, sql: string, rows: AsyncIterable<Uint8Array>): Promise<void> {
  return new Promise((resolve, reject) => {
    const query = new CopyIn(sql, rows, (error) => (error === undefined ? resolve() : reject(error)));
    client.query(query);
  });
}

type Sink = { take(piece: Buffer): void; end(error: Error | undefined): void };

/** The handlers are called by the client, which looks for them by name. */
class CopyOut extends pg.Query {
  readonly #sink: Sink;
  #rows: Buffer[] = [];
  #bytes = 0;

  constructor(sql: string, sink: Sink) {
    super(sql, (error: Error | undefined) => {
      // A failed COPY gives no more; what it gave is of no use.
      if (!error) this.#pass();
      sink.end(error ?? undefined);
    });
    this.#sink = sink;
  }

  handleCopyData({ chunk }: { chunk: Buffer }): void {
    // The buffer it lies in is written over by the next packet.
    this.#rows.push(Buffer.from(chunk));
    this.#bytes += chunk.length;
    if (this.#bytes >= PIECE_BYTES) this.#pass();
  }

  #pass(): void {
    if (this.#bytes > 0) this.#sink.take(Buffer.concat(this.#rows));
    this.#rows = [];
    this.#bytes = 0;
  }
}

class CopyIn extends pg.Query {
  readonly #rows: AsyncIterable<Uint8Array>;
  #isOver = false;
  #sourceError: Error | undefined;

  constructor(sql: string, rows: AsyncIterable<Uint8Array>, done: (error: Error | undefined) => void) {
    super(sql, (error: Error | undefined) => {
      this.#isOver = true;
      done(this.#sourceError ?? error ?? undefined);
    });
    this.#rows = rows;
  }

  handleCopyInResponse(connection: pg.Connection): void {
    this.#send(connection).catch((error: unknown) => {
      this.#sourceError = error instanceof Error ? error : new Error(String(error));
      connection.stream.write(message('f', Buffer.from('the rows could not be read\0')));
    });
  }

  async #send({ stream }: pg.Connection): Promise<void> {
    for await (const piece of this.#rows) {
      if (this.#isOver) return;
      if (stream.write(message('d', piece))) continue;
      await drained(stream);
    }
    if (!this.#isOver) stream.write(message('c', new Uint8Array()));
  }
}

/** Resolves when `stream` takes more, or never will: then the query ends with its connection. */
function drained(stream: Duplex): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      stream.off('drain', done).off('close', done);
      resolve();
    };
    stream.on('drain', done).on('close', done);
  });
}

/** A message of the protocol: its letter, its length with these four bytes, its content. */
function message(letter: 'c' | 'd' | 'f', content: Uint8Array): Buffer {
  const framed = Buffer.allocUnsafe(5 + content.length);
  framed.write(letter, 0, 'latin1');
  framed.writeUInt32BE(4 + content.length, 1);
  framed.set(content, 5);
  return framed;
}
