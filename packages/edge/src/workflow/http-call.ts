/**
 * Makes the request of an HTTP step. What is sent carries the key of the call, so that whoever is called can tell a
 * repeat; what was sent and not answered is unknown, unless the method is safe. Secrets are looked up here and go
 * nowhere else.
 */
import { must } from '@holdfast/base';
import { LinkError, type Transport, type TransportResponse } from '@holdfast/client';
import {
  type CallResult,
  type EvaluationFault,
  expressionKey,
  type HttpStep,
  type Json,
  type Program,
  type Scope,
} from '@holdfast/workflow';
import { whyNotKept } from '../json-bounds.ts';

export type HttpCallOptions = {
  transport: Transport;
  /** Hosts that may be called: `example.com` at the port of its scheme, `example.com:8443`. */
  hosts: ReadonlySet<string>;
  /** A secret by its name; undefined for one that is not there. */
  secretOf(name: string): string | undefined;
};

export type HttpCall = {
  program: Program;
  step: HttpStep;
  /** Where the step stands. */
  block: string;
  scope: Scope;
  key: string;
  /** Of this try; null: {@link TIMEOUT_MS}. */
  timeoutMs: number | null;
  signal: AbortSignal;
};

const TIMEOUT_MS = 30_000;
/** So much earlier than whoever waits: the request itself knows best what its end means. */
const EARLIER_MS = 25;
/** What is taken of an answer; it goes into the state, which holds no more. */
const ANSWER_BYTES_MAX = 262_144;
/** Methods that change nothing: one that was not answered has failed, whether it was heard or not (RFC 9110, 9.2.1). */
const SAFE: ReadonlySet<string> = new Set(['GET', 'HEAD']);
/** Client errors that another try may not meet: time-out, too early, too many. */
const PASSING: ReadonlySet<number> = new Set([408, 425, 429]);
/** Errors of the system before anything was sent: no such host, no way to it, nobody listens, not who it should be. */
const NOT_SENT =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ENETDOWN|EADDRNOTAVAIL|UND_ERR_CONNECT_TIMEOUT|CERT_.*|.*_CERT(_.*)?|ERR_TLS_.*|UNABLE_TO_.*|HOSTNAME_MISMATCH)$/;

/** Makes the request, and says what became of it. Does not reject. */
export async function callHttp(call: HttpCall, options: HttpCallOptions): Promise<CallResult> {
  const request = render(call, options);
  if ('kind' in request) return request;
  const { step, key, signal } = call;
  const timeoutMs = Math.max(1, (call.timeoutMs ?? TIMEOUT_MS) - EARLIER_MS);
  const headers = { ...request.headers, 'idempotency-key': key };
  try {
    const { url, body } = request;
    const answer = await options.transport({
      ...{ method: step.method, url, headers, timeoutMs, signal, answerBytesMax: ANSWER_BYTES_MAX },
      ...(body !== undefined && { body: Buffer.from(body) }),
    });
    return resultOf(answer, step);
  } catch (error) {
    if (!(error instanceof LinkError)) throw error;
    return notAnswered(error, step);
  }
}

type Rendered = { url: string; headers: Record<string, string>; body: string | undefined };

/** Thrown while a request is made of templates: there is none. */
class NotRendered extends Error {
  readonly result: CallResult;

  constructor(code: string, message: string) {
    super(message);
    this.result = { kind: 'failed', code, message, final: true };
  }
}

function render(call: HttpCall, options: HttpCallOptions): Rendered | CallResult {
  try {
    const { step } = call;
    const text = (template: string) => renderText(template, call, options);
    const isSecret = templateOf(call.program, call.block, step.url).secrets.length > 0;
    const url = urlOf(text(step.url), { hosts: options.hosts, isSecret });
    for (const [name, value] of Object.entries(step.query)) url.searchParams.append(name, text(value));
    const headers = Object.fromEntries(
      Object.entries(step.headers).map(([name, value]) => [name.toLowerCase(), text(value)]),
    );
    checkHeaders(headers);
    const body = bodyOf(call, options);
    if (body !== undefined && SAFE.has(step.method))
      throw new NotRendered('bad_body', `A ${step.method} has no body: use POST, or leave it out.`);
    if (body !== undefined && !Object.hasOwn(headers, 'content-type'))
      headers['content-type'] = 'application/json';
    return { url: url.href, headers, body };
  } catch (error) {
    if (error instanceof NotRendered) return error.result;
    throw error;
  }
}

function renderText(text: string, { program, block, scope }: HttpCall, options: HttpCallOptions): string {
  const rendered = templateOf(program, block, text).render(scope, options.secretOf);
  if ('text' in rendered) return rendered.text;
  throw notRendered(rendered);
}

function bodyOf(call: HttpCall, options: HttpCallOptions): string | undefined {
  const { program, block, scope, step } = call;
  const filled = (json: Json): Json => {
    if (typeof json === 'string') {
      const rendered = templateOf(program, block, json).renderJson(scope, options.secretOf);
      if ('value' in rendered) return rendered.value;
      throw notRendered(rendered);
    }
    if (json === null || typeof json !== 'object') return json;
    if (isList(json)) return json.map(filled);
    return Object.fromEntries(Object.entries(json).map(([name, value]) => [name, filled(value)]));
  };
  return step.body === null ? undefined : JSON.stringify(filled(step.body));
}

/** `Array.isArray` does not narrow readonly arrays. */
function isList(json: Json): json is readonly Json[] {
  return Array.isArray(json);
}

function templateOf(program: Program, block: string, text: string) {
  return must(program.templates.get(expressionKey(block, text)), 'the text was compiled');
}

/** Says which part was missing, never what a secret is. */
function notRendered({ fault, what }: EvaluationFault): NotRendered {
  if (what.startsWith(SECRETS)) {
    const name = what.slice(SECRETS.length);
    const message = `The request needs the secret ${name}: name it in workflow.secrets, set HOLDFAST_SECRET_${name}, and start the edge anew.`;
    return new NotRendered('secret_missing', message);
  }
  const code = fault === 'missing' ? 'input_missing' : fault;
  return new NotRendered(code, `The request cannot be made: ${what}: ${fault.replaceAll('_', ' ')}.`);
}

const SECRETS = 'secrets.';

function urlOf(
  text: string,
  { hosts, isSecret }: Pick<HttpCallOptions, 'hosts'> & { isSecret: boolean },
): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '')
    throw new NotRendered(
      'bad_url',
      'The URL must be one of http or https, without a name or password in it.',
    );
  if (hosts.has(url.host)) return url;
  throw new NotRendered(
    'host_not_allowed',
    `Workflows may not call ${isSecret ? 'this host' : url.host} here: add it to workflow.http_hosts.`,
  );
}

/** Characters that a header may not carry would be refused with their text, which may be a secret. */
function checkHeaders(headers: Record<string, string>): void {
  for (const [name, value] of Object.entries(headers))
    if (!/^[!#$%&'*+.^_`|~0-9a-z-]+$/.test(name) || !/^[\t\x20-\x7e\x80-\xff]*$/.test(value))
      throw new NotRendered('bad_header', `The header ${name} holds characters that none may.`);
}

function resultOf(answer: TransportResponse, { includes }: HttpStep): CallResult {
  const { status } = answer;
  if (status < 200 || status > 299) {
    const message = `The answer has the status ${status}.`;
    // What is sent elsewhere, or refused, is so for every try.
    const final = status < 500 && !PASSING.has(status);
    return { kind: 'failed', code: `http_${status}`, message, ...(final && { final }) };
  }
  const output: Record<string, Json> = {};
  if (includes.includes('body')) output.body = jsonOf(answer);
  if (includes.includes('status_code')) output.status_code = status;
  if (includes.includes('headers')) output.headers = headersOf(answer);
  return { kind: 'ok', output };
}

/** JSON as it is, if it can be kept; anything else as text; an empty body is null. */
function jsonOf(answer: TransportResponse): Json {
  const text = answer.body.toString('utf8');
  if (text === '') return null;
  if (!/[/+]json\b/i.test(answer.header('content-type') ?? '')) return text;
  try {
    const json: Json = JSON.parse(text);
    return whyNotKept(json) === undefined ? json : text;
  } catch {
    return text; // What it calls itself does not make it JSON; whoever looks at it will see.
  }
}

/** Those that steps may want; others are of the connection, or carry credentials. */
const HEADERS_KEPT = ['content-type', 'etag', 'last-modified', 'location', 'retry-after', 'date'];

function headersOf(answer: TransportResponse): Json {
  return Object.fromEntries(
    HEADERS_KEPT.flatMap((name) => {
      const value = answer.header(name);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

function notAnswered(error: LinkError, { method }: HttpStep): CallResult {
  const { message } = error;
  const isDone = !SAFE.has(method) && mayHaveBeenSent(error);
  if (isDone) return { kind: 'unknown', message };
  return { kind: 'failed', code: FAILURE_CODES[error.reason] ?? 'unreachable', message };
}

const FAILURE_CODES: Readonly<Partial<Record<LinkError['reason'], string>>> = {
  timeout: 'timed_out',
  refused: 'unreachable',
  drill: 'unreachable',
  hub_error: 'bad_answer',
};

function mayHaveBeenSent(error: LinkError): boolean {
  // What a drill holds back is never sent.
  if (error.reason === 'refused' || error.reason === 'drill') return false;
  return !causesOf(error).some(isBeforeSending);
}

function isBeforeSending(cause: object): boolean {
  if ('code' in cause && typeof cause.code === 'string' && NOT_SENT.test(cause.code)) return true;
  // What the socket itself has counted.
  return 'socket' in cause && isRecord(cause.socket) && cause.socket.bytesWritten === 0;
}

function causesOf(error: Error): object[] {
  const causes: object[] = [];
  for (let at: unknown = error.cause; isRecord(at) && causes.length < 8; at = at.cause) causes.push(at);
  return causes;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
