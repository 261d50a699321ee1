/** One request with a bearer token, and its answer read by a schema. */
import type { z } from 'zod';
import { readJson, refuseProblem } from './answer.ts';
import type { Transport, TransportRequest, TransportResponse } from './transport.ts';

export type SendOptions = { baseUrl: string; token: string; transport: Transport; timeoutMs?: number };

/** A list is sent as one parameter for each of its members. */
export type Query = Record<string, string | number | boolean | readonly string[] | undefined>;

/** What a request may have beside its address. */
export type More = {
  body?: object;
  /** A body that is a YAML text. */
  yaml?: string;
  query?: Query;
  headers?: Record<string, string>;
  timeoutMs?: number;
};

type Args<T> = [method: TransportRequest['method'], path: string, schema: T, more?: More | undefined];

/** Throws AppError for a problem document, and LinkError when there is no answer or none that can be read. */
export type Send = {
  <T extends z.ZodType>(...args: Args<T>): Promise<z.infer<T>>;
  /** The same with the answer itself, for its status and headers. */
  whole<T extends z.ZodType>(...args: Args<T>): Promise<{ answer: TransportResponse; value: z.infer<T> }>;
};

const TIMEOUT_MS = 10_000;

export function sender({ baseUrl, token, transport, timeoutMs = TIMEOUT_MS }: SendOptions): Send {
  const whole: Send['whole'] = async (method, path, schema, more = {}) => {
    const answer = await transport({
      method,
      url: `${baseUrl}${path}${queryText(more.query)}`,
      headers: { authorization: `Bearer ${token}`, ...contentType(more), ...more.headers },
      body: bodyOf(more),
      timeoutMs: more.timeoutMs ?? timeoutMs,
    });
    refuseProblem(answer);
    return { answer, value: readJson(answer, schema) };
  };
  const send = async <T extends z.ZodType>(...args: Args<T>) => (await whole<T>(...args)).value;
  return Object.assign(send, { whole });
}

function contentType({ body, yaml }: More): Record<string, string> {
  if (yaml !== undefined) return { 'content-type': 'application/yaml' };
  return body === undefined ? {} : { 'content-type': 'application/json' };
}

function bodyOf({ body, yaml }: More): Uint8Array | undefined {
  if (yaml !== undefined) return Buffer.from(yaml);
  return body && Buffer.from(JSON.stringify(body));
}

function queryText(query: Query = {}): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query))
    for (const each of Array.isArray(value) ? value : [value])
      if (each !== undefined) params.append(name, String(each));
  return params.size === 0 ? '' : `?${params}`;
}
