/** The public keys of an export, and how much hangs on each. */
import type { KeyObject } from 'node:crypto';
import { fromBase64Url, isSignedBy, keyIdOf, parseJson, publicKeyOf } from './bytes.ts';
import type { KeyRecord, TenantRecord } from './records.ts';
import type { Findings, TrustedKey, VerifyReport } from './report.ts';

/** A key as a seal meets it. */
export type KnownKey = { key: KeyObject; deviceId: string | null; seals: number; line: number };

/** What is wrong with a key is reported when it is added; one that is wrong is not found. */
export type KeyBook = {
  add(record: KeyRecord, line: number): void;
  addTenant(record: TenantRecord, line: number): void;
  find(keyId: string): KnownKey | undefined;
  /** Call it at the end: what seals hung on, and whether the caller knows it. */
  judge(line: number): VerifyReport['trust'];
};

/** A book that reports to `findings`; `trust` are the ids the caller knows, none when it pins nothing. */
export function createKeyBook(findings: Findings, trust: readonly string[]): KeyBook {
  const keys = new Map<string, KnownKey>();
  const roots = new Map<string, number>();
  return {
    add(record, line) {
      const raw = fromBase64Url(record.public_key);
      const key = raw && publicKeyOf(raw);
      if (raw && key && keyIdOf(raw) === record.key_id)
        keys.set(record.key_id, { key, deviceId: record.device_id, seals: 0, line });
      else
        findings.add({
          code: 'key',
          where: { line },
          sentence: 'The public key does not have the id it is listed under.',
          expected: record.key_id,
          found: raw ? keyIdOf(raw) : 'not a public key',
        });
    },
    addTenant(record, line) {
      roots.set(record.root_key.key_id, line);
      const wrong = wrongTenant(record);
      if (wrong !== undefined) findings.add({ code: 'key', where: { line }, sentence: wrong });
    },
    find: (keyId) => keys.get(keyId),
    judge(line) {
      const used = [...keys]
        .filter(([, known]) => known.seals > 0)
        .map(([key_id, known]) => ({
          key_id,
          device_id: known.deviceId,
          seals: known.seals,
          pinned: trust.includes(key_id),
        }));
      reportTrust({ findings, trust, used, keys, roots, line });
      const root_key_id = [...roots.keys()][0] ?? null;
      const root_pinned = root_key_id !== null && trust.includes(root_key_id);
      return { keys: used, root_key_id, root_pinned, statement: statementOf(used, trust) };
    },
  };
}

function wrongTenant(record: TenantRecord): string | undefined {
  const { root_key, hub_key, tenant_id } = record;
  const raw = fromBase64Url(root_key.public_key);
  const key = raw && publicKeyOf(raw);
  if (!raw || !key || keyIdOf(raw) !== root_key.key_id)
    return 'The root key of the tenant does not have the id it is listed under.';
  if (!isSignedBy(key, hub_key.statement, hub_key.signature))
    return 'The key of the hub is not signed by the root key of the tenant.';
  const said = parseJson(hub_key.statement);
  const isOfTenant =
    typeof said === 'object' && said !== null && 'tenant_id' in said && said.tenant_id === tenant_id;
  return isOfTenant ? undefined : 'The key of the hub is certified for another tenant.';
}

function reportTrust(at: {
  findings: Findings;
  trust: readonly string[];
  used: readonly TrustedKey[];
  keys: ReadonlyMap<string, KnownKey>;
  roots: ReadonlyMap<string, number>;
  line: number;
}): void {
  if (at.trust.length === 0) return;
  for (const { key_id, pinned } of at.used) {
    if (pinned) continue;
    const line = at.keys.get(key_id)?.line ?? at.line;
    const sentence = 'Seals hang on a key that is not one of those to trust.';
    at.findings.add({ code: 'key', where: { line }, sentence, found: key_id });
  }
  for (const key_id of at.trust) {
    if (at.keys.has(key_id) || at.roots.has(key_id)) continue;
    const sentence = 'A key to trust is not in the export.';
    at.findings.add({ code: 'key', where: { line: at.line }, sentence, expected: key_id });
  }
}

function statementOf(used: readonly TrustedKey[], trust: readonly string[]): string {
  if (used.length === 0) return 'No seal was verified: nothing here is vouched for by a device.';
  const ids = used.map((key) => key.key_id).join(', ');
  const keys = used.length === 1 ? 'one device key' : `${used.length} device keys`;
  return trust.length > 0
    ? `Everything hangs on ${keys}: ${ids}.`
    : `Everything hangs on ${keys}, taken from this very source: ${ids}. Compare with what each edge tells of itself.`;
}
