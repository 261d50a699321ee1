/** One keep-alive connection to a server, used for one request after the other: what a till holds open. */
import { Agent, request as httpRequest, type IncomingHttpHeaders } from 'node:http';

export type HttpAnswer = { status: number; headers: IncomingHttpHeaders; body: string };

export type HttpConnection = {
  /** Resolves with a whole answer; rejects when the connection breaks before the last byte of it, or after 10 s. */
  request(to: {
    method: 'GET' | 'POST' | 'PUT';
    path: string;
    headers?: Record<string, string> | undefined;
    body?: string | undefined;
  }): Promise<HttpAnswer>;
  close(): void;
};

const TIMEOUT_MS = 10_000;

/** A connection to `url` that sends `token` with every request. It is opened by the first request. */
export function connectTo({ url, token }: { url: string; token: string }): HttpConnection {
  const { hostname, port } = new URL(url);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  return {
    request: ({ method, path, headers, body }) =>
      new Promise((resolve, reject) => {
        const sent = httpRequest({ agent, hostname, port, method, path, timeout: TIMEOUT_MS }, (answer) => {
          const chunks: Buffer[] = [];
          answer.on('data', (chunk: Buffer) => chunks.push(chunk));
          answer.on('error', reject);
          answer.on('end', () =>
            resolve({
              status: answer.statusCode ?? 0,
              headers: answer.headers,
              body: Buffer.concat(chunks).toString('utf8'),
            }),
          );
        });
        sent.on('error', reject);
        sent.on('timeout', () => sent.destroy(new Error(`No answer within ${TIMEOUT_MS} ms`)));
        sent.setHeader('authorization', `Bearer ${token}`);
        for (const [name, value] of Object.entries(headers ?? {})) sent.setHeader(name, value);
        if (body !== undefined) {
          sent.setHeader('content-type', 'application/json');
          sent.setHeader('content-length', Buffer.byteLength(body));
        }
        sent.end(body);
      }),
    close: () => agent.destroy(),
  };
}
