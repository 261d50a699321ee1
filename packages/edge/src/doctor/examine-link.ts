/** The two conversations of an edge, tried from beside it: the tills' with it, and its own with the hub. */
import { LinkError, type Transport } from '@holdfast/client';
import { Health } from '@holdfast/protocol';
import { bad, type Finding, good, warning } from '@holdfast/runtime';

const TIMEOUT_MS = 3_000;

/** Is anybody selling here? */
export async function examineProcess(at: { transport: Transport; baseUrl: string }): Promise<Finding> {
  const heard = await askHealth(at.transport, at.baseUrl);
  if (heard === 'edge') return good('process', `The edge answers at ${at.baseUrl}.`);
  if (heard === undefined)
    return warning('process', `Nothing answers at ${at.baseUrl}: the edge is not running.`, 'holdfast start');
  return bad(
    'process',
    `Something answers at ${at.baseUrl} that is not this edge (${heard}).`,
    'Give the edge a port of its own: holdfast config set http.port PORT',
  );
}

/** Can the hub be reached from this machine? Sales do not need it; the ledger does. */
export async function examineHub(at: { transport: Transport }, hubUrl: string | undefined): Promise<Finding> {
  if (hubUrl === undefined)
    return warning('hub', 'This edge is not enrolled: what it sells stays here.', 'holdfast enroll');
  const heard = await askHealth(at.transport, new URL(hubUrl).origin);
  if (heard === 'hub') return good('hub', `The hub answers at ${hubUrl}.`);
  if (heard === undefined)
    return warning(
      'hub',
      `The hub at ${hubUrl} cannot be reached. Sales go on and wait.`,
      'Look at the network of this store; nothing else is to be done.',
    );
  return bad(
    'hub',
    `What answers at ${hubUrl} is not a hub (${heard}).`,
    'A captive portal or a proxy may be in the way; look at hub.url, too: holdfast config get hub.url',
  );
}

/** The service that answers there; what it is instead, in words; or undefined when nothing does. */
async function askHealth(transport: Transport, origin: string): Promise<string | undefined> {
  try {
    const answer = await transport({
      method: 'GET',
      url: `${origin}/health`,
      headers: {},
      timeoutMs: TIMEOUT_MS,
    });
    const health = parse(answer.body);
    return health ?? `status ${answer.status} and no health report`;
  } catch (error) {
    if (error instanceof LinkError) return undefined;
    throw error;
  }
}

function parse(body: Uint8Array): string | undefined {
  try {
    return Health.safeParse(JSON.parse(Buffer.from(body).toString('utf8'))).data?.service;
  } catch {
    return undefined; // Not JSON is an answer here: whatever speaks there is not ours.
  }
}
