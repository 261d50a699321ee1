/** Plants samples in the traffic: through the proxy to a server behind it, which sends back what it was sent. */
import { once } from 'node:events';
import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { brotliCompressSync, brotliDecompressSync, deflateRawSync, inflateRawSync } from 'node:zlib';
import { must } from '@holdfast/base';
import type { Sample } from './samples.ts';
import type { LiveScene } from './scene.ts';

/** How a body travels: as it is, or compressed in ways that leave no first bytes, in pieces of a few bytes. */
type Travel = 'plain' | 'hidden';

const PIECE_BYTES = 7;
const CODINGS = {
  br: { encode: brotliCompressSync, decode: brotliDecompressSync },
  deflate: { encode: deflateRawSync, decode: inflateRawSync },
} as const;
type Coding = keyof typeof CODINGS;

/** Sends each sample to the proxy and waits for its echo; afterwards the proxy sends to the hub again. */
export async function plantInTraffic(
  { proxy, hub }: Pick<LiveScene, 'proxy' | 'hub'>,
  samples: readonly Sample[],
  travel: Travel,
): Promise<void> {
  const echo = createServer((asked, answer) => void sendBack(asked, answer));
  echo.listen(0, '127.0.0.1');
  await once(echo, 'listening');
  const { port } = must(echo.address(), 'a listening server has an address') as AddressInfo; // Not a pipe.
  proxy.setTarget(port);
  try {
    for (const [index, { bytes }] of samples.entries())
      await send(proxy.url, bytes, travel === 'plain' ? undefined : index % 2 === 0 ? 'br' : 'deflate');
  } finally {
    proxy.setTarget(hub.port);
    echo.closeAllConnections();
    echo.close();
  }
}

/** The way back is through the other coding. */
async function sendBack(asked: IncomingMessage, answer: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of asked) chunks.push(chunk);
  const coding = asked.headers['content-encoding'];
  const body = coding === undefined ? Buffer.concat(chunks) : decode(Buffer.concat(chunks), coding);
  const back = coding === undefined ? undefined : coding === 'br' ? 'deflate' : 'br';
  answer.writeHead(200, fieldsOf(body, back));
  for (const piece of piecesOf(body, back)) answer.write(piece);
  answer.end();
}

async function send(url: string, body: Buffer, coding: Coding | undefined): Promise<void> {
  const asked = httpRequest(`${url}/planted`, {
    method: 'POST',
    headers: fieldsOf(body, coding),
    agent: false,
  });
  for (const piece of piecesOf(body, coding)) asked.write(piece);
  asked.end();
  const [answer] = await once(asked, 'response');
  answer.resume();
  await once(answer, 'end');
}

/** A body with a coding goes in chunks, without the length of the whole. */
function fieldsOf(body: Buffer, coding: Coding | undefined): OutgoingHttpHeaders {
  return coding === undefined ? { 'content-length': body.length } : { 'content-encoding': coding };
}

function piecesOf(body: Buffer, coding: Coding | undefined): Buffer[] {
  if (coding === undefined) return [body];
  const encoded = CODINGS[coding].encode(body);
  const count = Math.ceil(encoded.length / PIECE_BYTES);
  return Array.from({ length: count }, (_, at) => encoded.subarray(at * PIECE_BYTES, (at + 1) * PIECE_BYTES));
}

function decode(body: Buffer, coding: string): Buffer {
  return coding === 'br' ? CODINGS.br.decode(body) : CODINGS.deflate.decode(body);
}
