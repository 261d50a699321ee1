/**
 * One keep-alive connection that posts sales, one at a time. It costs as little as it can, because it shares the
 * processor with what it measures: requests are built beforehand, and of an answer only status and length are read.
 */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { createKeyMaker } from './keys.ts';
import { type SaleRequestBytes, saleRequest, type Target } from './sale-request.ts';

/** Different sales that a connection goes through again and again. */
const VARIANTS = 16;
const CREATED = 'HTTP/1.1 201 ';
const CONTENT_LENGTH = /\r\ncontent-length: (\d+)\r\n/i;

export type Connection = {
  /** Posts sales until `more` says no. Rejects at the first answer that is not a 201. */
  run(more: () => boolean, onAnswer: (latencyMs: number) => void): Promise<void>;
  close(): void;
};

/** Connects; `number` picks the sales, so that connections post different ones. */
export async function openConnection(
  target: Target,
  number: number,
  newKey: () => string = createKeyMaker(),
): Promise<Connection> {
  const socket = connect({ host: '127.0.0.1', port: target.port, noDelay: true });
  await once(socket, 'connect');
  const requests = Array.from({ length: VARIANTS }, (_, i) => saleRequest(number * VARIANTS + i, target));
  return {
    run: (more, onAnswer) => exchange({ socket, requests, newKey, more, onAnswer }),
    close: () => socket.destroy(),
  };
}

function exchange(it: {
  socket: Socket;
  requests: readonly SaleRequestBytes[];
  newKey: () => string;
  more: () => boolean;
  onAnswer: (latencyMs: number) => void;
}): Promise<void> {
  const { socket, requests, newKey, more, onAnswer } = it;
  return new Promise((resolve, reject) => {
    let turn = 0;
    let sentMs = 0;
    let rest: Buffer | undefined;
    const finish = (error?: Error) => {
      socket.off('data', onData).off('close', onClose).off('error', finish);
      if (error) reject(error);
      else resolve();
    };
    const send = () => {
      if (!more()) return finish();
      const request = requests[turn++ % requests.length];
      if (!request) return finish(new Error('a connection needs requests'));
      request.bytes.write(newKey(), request.keyAt, 'latin1');
      sentMs = performance.now();
      socket.write(request.bytes);
    };
    const onData = (chunk: Buffer) => {
      rest = rest === undefined ? chunk : Buffer.concat([rest, chunk]);
      const answer = readAnswer(rest);
      if (answer === undefined) return;
      if (answer !== 'created') return finish(new Error(`a sale was not taken: ${answer}`));
      rest = undefined;
      onAnswer(performance.now() - sentMs);
      send();
    };
    const onClose = () => finish(new Error('the connection was closed'));
    socket.on('data', onData).on('close', onClose).on('error', finish);
    send();
  });
}

/** `created` for a whole 201, the text of any other answer, undefined while bytes are missing. */
function readAnswer(bytes: Buffer): 'created' | string | undefined {
  const end = bytes.indexOf('\r\n\r\n');
  if (end === -1) return undefined;
  const head = bytes.toString('latin1', 0, end + 2);
  const length = CONTENT_LENGTH.exec(head)?.[1];
  if (length === undefined) return bytes.toString('utf8');
  if (bytes.length < end + 4 + Number(length)) return undefined;
  return head.startsWith(CREATED) ? 'created' : bytes.toString('utf8');
}
