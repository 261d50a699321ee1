/** The two conversations of an edge, tried from beside it: the tills' with it, and its own with the hub. */
import { LinkError, type Transport } from '@holdfast/client';
import { EdgeStatus, Health, Problem } from '@holdfast/protocol';
import { bad, type Finding, good, warning } from '@holdfast/runtime';

const TIMEOUT_MS = 3_000;

type Process = { transport: Transport; baseUrl: string; apiToken: string | undefined };

/** Is anybody selling here, and what does it say of itself? */
export async function examineProcess(at: Process): Promise<Finding[]> {
  const heard = await askHealth(at.transport, at.baseUrl);
  if (heard === 'edge')
    return [good('process', `The edge answers at ${at.baseUrl}.`), ...(await examineRunning(at))];
  if (heard === undefined)
    return [
      warning('process', `Nothing answers at ${at.baseUrl}: the edge is not running.`, 'holdfast start'),
    ];
  return [
    bad(
      'process',
      `Something answers at ${at.baseUrl} that is not this edge (${heard}).`,
      'Give the edge a port of its own: holdfast config set http.port PORT',
    ),
  ];
}

/** What only a running edge knows: damage it met at its work. Without its token there is nobody to be asked. */
async function examineRunning({ transport, baseUrl, apiToken }: Process): Promise<Finding[]> {
  if (apiToken === undefined) return [];
  try {
    const answer = await transport({
      method: 'GET',
      url: `${baseUrl}/api/v1/status`,
      headers: { authorization: `Bearer ${apiToken}` },
      timeoutMs: TIMEOUT_MS,
    });
    const body = parseJson(answer.body);
    const problem = Problem.safeParse(body).data;
    if (problem) return [bad('running', `The edge cannot say how it is: ${problem.detail}.`, problem.action)];
    const attention = EdgeStatus.safeParse(body).data?.attention ?? null;
    return attention === null ? [] : [bad('running', attention, null)];
  } catch (error) {
    if (!(error instanceof LinkError)) throw error;
    return [warning('running', `The edge does not say how it is: ${error.message}.`, 'Look at its log.')];
  }
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
    const health = Health.safeParse(parseJson(answer.body)).data?.service;
    return health ?? `status ${answer.status} and no health report`;
  } catch (error) {
    if (error instanceof LinkError) return undefined;
    throw error;
  }
}

function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString('utf8'));
  } catch {
    return undefined; // Not JSON is an answer here: whatever speaks there is not ours.
  }
}
