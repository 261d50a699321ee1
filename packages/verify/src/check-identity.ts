/**
 * The records of tenants, stores and devices in the archive. In an export of the archive alone they are all there is to
 * know whose keys the seals were made with; beside a hub's rows they are checked by themselves, and against the revision
 * that the hub knows to be there.
 */
import { z } from 'zod';
import { canonical, fromBase64Url, hmacSha256, keyIdOf, parseJson } from './bytes.ts';
import { type Check, reporter } from './check.ts';
import type { DeviceRecord, IdentityFileRecord, LocationRecord, TenantRecord } from './records.ts';

const IDENTITY_DOMAIN = 'holdfast-identity-v1\n';

const Key = z.object({ key_id: z.string(), public_key: z.string() });

const Identity = z.discriminatedUnion('record', [
  z.object({
    record: z.literal('tenant'),
    tenant_id: z.string(),
    root_key_id: z.string(),
    root_public_key: z.string(),
    hub_key_certificate: z.object({ statement: z.string(), signature: z.string() }),
  }),
  z.object({
    record: z.literal('location'),
    tenant_id: z.string(),
    location_id: z.string(),
    store_id: z.string(),
  }),
  z.object({
    record: z.literal('device'),
    tenant_id: z.string(),
    location_id: z.string(),
    device_id: z.string(),
    state: z.string(),
    keys: z.array(Key),
  }),
]);
type Identity = z.infer<typeof Identity>;

const Signed = z.looseObject({ mac: z.string(), revision: z.number() });

/** Which records there are, and which there must be. */
export type IdentityCheck = {
  /** A row whose record the archive holds, as the hub knows. */
  row(record: TenantRecord | LocationRecord | DeviceRecord): void;
  /** Checks one record, and learns from it when `isAlone`: no rows of a hub are beside it. */
  file(record: IdentityFileRecord, isAlone: boolean): void;
  end(): void;
};

/** A check that has seen neither rows nor files. */
export function createIdentityCheck(check: Check): IdentityCheck {
  const owed: { name: string; revision: number; line: number }[] = [];
  const held = new Map<string, number>();
  return {
    row(record) {
      const { archived_revision: revision = 0 } = record;
      if (revision > 0) owed.push({ name: nameOf(record), revision, line: check.line });
    },
    file(record, isAlone) {
      const read = checkIdentity(check, record, isAlone);
      if (read !== undefined) held.set(read.name, read.revision);
    },
    end() {
      if (!check.hasArchive) return;
      for (const { name, revision, line } of owed) {
        const found = held.get(name);
        if (found !== undefined && found >= revision) continue;
        check.findings.add({
          code: 'identity',
          where: { line, file: `identity/${name}.json` },
          sentence: 'The archive does not hold the record as it was when the hub last wrote it.',
          expected: `revision ${revision}`,
          found: found === undefined ? 'none' : `revision ${found}`,
        });
      }
    },
  };
}

function checkIdentity(
  check: Check,
  file: IdentityFileRecord,
  isAlone: boolean,
): { name: string; revision: number } | undefined {
  const report = reporter(check, { file: file.file });
  const parsed = parseJson(file.text);
  const document = Signed.safeParse(parsed).data;
  const record = Identity.safeParse(document).data;
  if (document === undefined || record === undefined || file.text !== `${JSON.stringify(parsed)}\n`) {
    report({ code: 'identity', sentence: 'The file is not a record of a tenant, a store or a device.' });
    return undefined;
  }
  if (file.file !== `identity/${nameOf(record)}.json`)
    report({ code: 'identity', sentence: 'The record is not that of the file.', found: nameOf(record) });
  const { mac, ...signed } = document;
  if (check.macKey !== undefined && mac !== hmacSha256(check.macKey, IDENTITY_DOMAIN + canonical(signed)))
    report({ code: 'identity', sentence: 'The record was not written by this hub.' });
  for (const { key_id, public_key } of record.record === 'device' ? record.keys : []) {
    const raw = fromBase64Url(public_key);
    if (raw === undefined || keyIdOf(raw) !== key_id)
      report({
        code: 'key',
        sentence: 'A public key does not have the id it is listed under.',
        found: key_id,
      });
  }
  if (isAlone) learn(check, record);
  return { name: nameOf(record), revision: document.revision };
}

function nameOf(record: Identity | TenantRecord | LocationRecord | DeviceRecord): string {
  if (record.record === 'tenant') return `tenant-${record.tenant_id}`;
  return record.record === 'location' ? `location-${record.location_id}` : `device-${record.device_id}`;
}

function learn(check: Check, record: Identity): void {
  if (record.record === 'location') check.locations.set(record.location_id, record);
  else if (record.record === 'tenant') {
    const { tenant_id, root_key_id, root_public_key, hub_key_certificate } = record;
    const root_key = { key_id: root_key_id, public_key: root_public_key };
    check.keys.addTenant({ record: 'tenant', tenant_id, root_key, hub_key: hub_key_certificate }, check.line);
  } else {
    const { tenant_id, location_id, device_id, state } = record;
    check.devices.set(device_id, { record: 'device', tenant_id, location_id, device_id, state });
    for (const key of record.keys)
      check.keys.add({ record: 'key', tenant_id, device_id, ...key }, check.line);
  }
}
