/**
 * The hub's secrets, made at its first start, in files of mode 0600 beside the database, never in it: the key of its
 * MACs, the tenant's root key, the hub's own signing key, and the token of its operator.
 */
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError, type Random } from '@holdfast/base';
import { importSigningKey, newToken, openKey, type SigningKey, sealKey } from '@holdfast/crypto';
import { ensureFolder, writeFileDurably } from '@holdfast/runtime';
import { isMissing } from './postgres/cluster.ts';

export type HubKeys = {
  /** 32 bytes: acks, cursors and nonces are told from forgeries by it. */
  macKey: Buffer;
  rootKey: SigningKey;
  hubKey: SigningKey;
  /** The operator's bearer token. */
  operatorToken: string;
};

/** What precedes the 32 private bytes of an Ed25519 key in PKCS #8 (RFC 8410). */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');
const TOKEN_PREFIX = 'hop';
const MAC_KEY = 'mac-key';
const ROOT_KEY = 'root-key';
const HUB_KEY = 'hub-key';
const API_TOKEN = 'api-token';

/** Keys that the devices and the records of a hub depend on: they cannot be made anew. */
const KEY_FILES = [MAC_KEY, ROOT_KEY, HUB_KEY] as const;

/** Opens the secrets in `folder`, making those that are missing. Throws AppError `key_wrong`, naming the file. */
export async function openHubKeys({ folder, random }: { folder: string; random: Random }): Promise<HubKeys> {
  await ensureFolder(folder);
  return {
    macKey: await openSecret(join(folder, MAC_KEY), random),
    rootKey: await openSigningKey(join(folder, ROOT_KEY), random),
    hubKey: await openSigningKey(join(folder, HUB_KEY), random),
    operatorToken: await openToken(join(folder, API_TOKEN), random),
  };
}

/** The key of the MACs alone; undefined where there is none. Makes nothing. Throws AppError `key_wrong`. */
export async function readMacKey(folder: string): Promise<Buffer | undefined> {
  const path = join(folder, MAC_KEY);
  return (await isThere(path)) ? secretIn(path, await readFile(path, 'utf8')) : undefined;
}

/** Which of the keys that cannot be made anew are not in `folder`. */
export async function missingKeys(folder: string): Promise<string[]> {
  const missing: string[] = [];
  for (const name of KEY_FILES) if (!(await isThere(join(folder, name)))) missing.push(name);
  return missing;
}

/** Which of the keys that are in `folder` hold no key; makes and changes nothing. */
export async function damagedKeys(folder: string): Promise<string[]> {
  const damaged: string[] = [];
  for (const name of KEY_FILES) {
    const path = join(folder, name);
    if (!(await isThere(path))) continue;
    const opened = openKey({ text: await readFile(path, 'utf8') });
    if (opened.kind === 'ok') opened.secret.fill(0);
    else damaged.push(name);
  }
  return damaged;
}

/** Throws AppError `hub_key_missing` when one of them is not in `folder`; `why` ends the sentence. */
export async function assertKeysAreThere(folder: string, why: string): Promise<void> {
  const missing = await missingKeys(folder);
  if (missing.length > 0) throw keysMissing(folder, { missing, why });
}

/** What to say of keys that are not there. */
export function keysMissing(
  folder: string,
  { missing, why }: { missing: readonly string[]; why: string },
): AppError {
  return new AppError('hub_key_missing', `Missing in ${folder}: ${missing.join(', ')}. ${why}`);
}

async function openSigningKey(path: string, random: Random): Promise<SigningKey> {
  const secret = await openSecret(path, random);
  const pkcs8 = Buffer.concat([PKCS8_PREFIX, secret]);
  const key = importSigningKey(pkcs8);
  secret.fill(0);
  pkcs8.fill(0);
  return key;
}

async function openSecret(path: string, random: Random): Promise<Buffer> {
  return secretIn(path, await readOrMake(path, () => sealKey({ secret: random.bytes(32), random })));
}

function secretIn(path: string, text: string): Buffer {
  const opened = openKey({ text });
  if (opened.kind === 'ok') return opened.secret;
  throw new AppError(
    'key_wrong',
    `The key file ${path} cannot be used: ${opened.reason.replaceAll('_', ' ')}`,
  );
}

async function openToken(path: string, random: Random): Promise<string> {
  const token = (await readOrMake(path, () => `${newToken(TOKEN_PREFIX, random)}\n`)).trim();
  if (token.length < 32)
    throw new AppError('key_wrong', `The operator token in ${path} is too short to be safe`);
  return token;
}

async function isThere(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

async function readOrMake(path: string, make: () => string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
  const text = make();
  await writeFileDurably(path, text);
  return text;
}
