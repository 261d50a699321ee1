/** Enrolment: shows the hub a claim token and the key of this device, and adopts the identity it answers with. */
import { AppError, isAppError, must } from '@holdfast/base';
import { type HubForDevice, LinkError } from '@holdfast/client';
import { createVerifier, fromBase64Url, importSigningKey, keyIdOf, type SigningKey } from '@holdfast/crypto';
import { KeyStatement, type RegisterAnswer } from '@holdfast/protocol';
import { type EdgeContext, SOFTWARE_VERSION } from './context.ts';
import type { Enrolment } from './store/enrolment.ts';
import { readMetaBytes } from './store/meta.ts';

/** Enrols with the hub at `hub_url`. A claim token is good once; a repeat after a lost answer gives the same answer. */
export async function enrolWith(
  context: EdgeContext,
  request: { hub_url: string; claim_token: string; device_name?: string | undefined },
): Promise<void> {
  const { username, password } = new URL(request.hub_url);
  if (username !== '' || password !== '')
    throw new AppError('invalid_request', 'The address of a hub holds no name or password');
  const answer = await registerWithFreeKey(context, request.hub_url, {
    claim_token: request.claim_token,
    device_name: request.device_name ?? context.options.deviceName,
    device_type: 'pos',
    software_version: SOFTWARE_VERSION,
  });
  checkRoot(context.enrolment(), answer);
  await context.writer.submit({ type: 'enrol', answer, hub_url: request.hub_url });
  for (const sender of context.senders) sender.resume();
  context.logger.info({ device_id: answer.device_id, store_id: answer.store_id }, 'enrolled');
  await context.link.probeNow();
}

/**
 * Registers; with a new key when the hub knows the one there is as another device's. So it is after a copy of this disk
 * was enrolled: a copy carries the key along, also one made for an enrolment that has not come about.
 */
async function registerWithFreeKey(
  context: EdgeContext,
  hubUrl: string,
  request: Parameters<HubForDevice['register']>[0],
): Promise<RegisterAnswer> {
  const key = await keyToEnrol(context);
  try {
    return await register(context.hubAt(hubUrl, key), request);
  } catch (error) {
    if (!isAppError(error, 'already_enrolled')) throw error;
    return await register(context.hubAt(hubUrl, await nextKey(context, key.keyId)), request);
  }
}

/** A hub that cannot be reached is the link's matter, not an error of this edge. */
async function register(
  hub: HubForDevice,
  request: Parameters<HubForDevice['register']>[0],
): Promise<RegisterAnswer> {
  try {
    return await hub.register(request);
  } catch (error) {
    if (!(error instanceof LinkError)) throw error;
    throw new AppError('offline', `${error.message}. Nothing has changed.`, { cause: error });
  }
}

/** The key made with the store; for an edge that had an identity before, a new one: a key belongs to one device. */
async function keyToEnrol(context: EdgeContext): Promise<SigningKey> {
  const isNew = !context.enrolment() && readMetaBytes(context.db, 'next_device_key') === undefined;
  return isNew ? context.key() : await nextKey(context);
}

async function nextKey(context: EdgeContext, insteadOf?: string): Promise<SigningKey> {
  await context.writer.submit({ type: 'next_key', instead_of: insteadOf });
  return importSigningKey(must(readMetaBytes(context.db, 'next_device_key'), 'the next key was made'));
}

/** The root of a tenant is pinned at the first enrolment; it signs the hub's key. */
function checkRoot(before: Enrolment | undefined, answer: RegisterAnswer): void {
  const root = fromBase64Url(answer.root_key.public_key);
  const refuse = (why: string) =>
    new AppError('invalid_claim_token', `The hub could not be verified: ${why}`);
  if (!root || keyIdOf(root) !== answer.root_key.key_id) throw refuse('its root key is not the one it names');
  if (
    before &&
    before.tenant_id === answer.tenant_id &&
    before.root_key.public_key !== answer.root_key.public_key
  )
    throw refuse('its root key is not the one this device trusts');
  const signature = fromBase64Url(answer.hub_key.signature);
  const signed = Buffer.from(answer.hub_key.statement);
  if (!signature || !createVerifier(1).verify(root, signed, signature))
    throw refuse('its key is not signed by its root');
  const statement = KeyStatement.safeParse(JSON.parse(answer.hub_key.statement));
  if (!statement.success || statement.data.tenant_id !== answer.tenant_id)
    throw refuse('its key is for another tenant');
}
