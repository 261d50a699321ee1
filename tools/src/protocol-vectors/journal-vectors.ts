/** Vectors of the journal: entries, seals, batches, and what becomes of a body in the ledger. */
import { sha256Hex, toBase64Url } from '@holdfast/crypto';
import { type BuiltEntry, buildBatch, GENESIS, receiptCode } from '@holdfast/journal';
import { type BatchHead, PROTOCOL_VERSION, type SaleBody, type SealLine } from '@holdfast/protocol';
import { appendSale, type Device, saleBody, sealOf, type World } from './world.ts';

const hexOf = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

/** A chain of entries, each with everything that follows from its two lines. */
export function entries(world: World): object[] {
  const chain = chainOf(world, world.device);
  return chain.map(({ header, headerLine, bodyLine, hash }, index) => ({
    prev_hash: hexOf(chain[index - 1]?.hash ?? GENESIS),
    header_line: headerLine,
    body_line: bodyLine,
    body_hash: sha256Hex(bodyLine),
    hash: hexOf(hash),
    receipt_code: receiptCode(header.op_id, header.body_hash),
  }));
}

function chainOf(world: World, device: Device): BuiltEntry[] {
  const chain: BuiltEntry[] = [];
  appendSale(world, { device, entries: chain });
  appendSale(world, { device, entries: chain }, { body: saleBody({ customer_reference: 'Åsa “1” ' }) });
  appendSale(world, { device, entries: chain }, { body: { a: 1 }, kind: 'a.kind_of_tomorrow' });
  return chain;
}

/** Seals with the key that is accepted for the device; `verdict` is `ok` or why not. */
export function seals(world: World): object[] {
  const { device, other } = world;
  const chain = chainOf(world, device);
  const good = sealOf(device, chain);
  const of = (seal: SealLine, verdict: string) => ({
    device_id: device.deviceId,
    public_key: toBase64Url(device.key.publicKey),
    ...seal,
    verdict,
  });
  const spaced = { ...good, statement: good.statement.replace(',', ', ') };
  return [
    of(good, 'ok'),
    of(sealOf({ ...device, deviceId: other.deviceId }, chain), 'device'),
    of(sealOf(device, chain, other.key), 'key'),
    of({ ...good, signature: sealOf(device, chain.slice(0, 1)).signature }, 'signature'),
    of({ ...good, signature: `${good.signature.slice(0, -1)}B` }, 'signature'),
    of(spaced, 'signature'),
    of({ ...good, statement: '{}' }, 'statement'),
  ];
}

/** Batches as sent by the device with its accepted key; `verdict` is `ok`, `malformed` or `invalid`. */
export function batches(world: World): object[] {
  const { device, other } = world;
  const chain = chainOf(world, device);
  const foreign = chainOf(world, other);
  const [first, second, third] = chain;
  const [stranger] = foreign;
  if (!first || !second || !third || !stranger) return [];
  const good = batchOf(device, chain, sealOf(device, chain));
  const lines = good.split('\n');
  const swapped = [lines[0], lines[3], lines[4], lines[1], lines[2], ...lines.slice(5)].join('\n');
  const invalid = (what: string, batch: string, at_seq: number) => ({
    what,
    batch,
    verdict: 'invalid',
    at_seq,
  });
  const malformed = (what: string, batch: string) => ({ what, batch, verdict: 'malformed' });
  const part = batchOf(device, [second, third], sealOf(device, chain), hexOf(first.hash));
  return [
    { what: 'three entries', batch: good, verdict: 'ok', head_hash: hexOf(third.hash) },
    { what: 'the last two of them', batch: part, verdict: 'ok', head_hash: hexOf(third.hash) },
    invalid('two entries have changed places', swapped, 1),
    invalid('a body was changed', good.replace('Espresso', 'Ristretto'), 1),
    invalid('a header was changed', good.replace('"at":"2026-11-20T09:02', '"at":"2026-11-20T10:02'), 3),
    invalid('an entry is of another device', batchOf(device, [stranger], sealOf(device, chain)), 1),
    invalid('the seal ends before the batch', batchOf(device, chain, sealOf(device, [first])), 3),
    invalid('the seal is by another key', batchOf(device, chain, sealOf(device, chain, other.key)), 3),
    malformed('a line is missing', lines.toSpliced(2, 1).join('\n')),
    malformed('the last line has no end', good.slice(0, -1)),
    malformed('the head is none', lines.with(0, '{}').join('\n')),
    malformed('a header is none', lines.with(1, '{}').join('\n')),
  ].map((vector) => ({
    ...vector,
    device_id: device.deviceId,
    public_key: toBase64Url(device.key.publicKey),
  }));
}

function batchOf(
  device: Device,
  chain: readonly BuiltEntry[],
  seal: SealLine,
  prevHash = '0'.repeat(64),
): string {
  const last = chain.at(-1);
  const head: BatchHead = {
    protocol: PROTOCOL_VERSION,
    boot: 'b0'.repeat(16),
    boot_no: 1,
    first_seq: chain[0]?.header.seq ?? 1,
    count: chain.length,
    prev_hash: prevHash,
    stream: {
      incarnation: device.incarnation,
      lane: 'transactions',
      tip_seq: last?.header.seq ?? 0,
      tip_hash: hexOf(last?.hash ?? GENESIS),
      acked_seq: 0,
      oldest_unacked_at: '2026-11-20T09:01:00.000Z',
    },
    last_ack: null,
  };
  return buildBatch({ head, entries: chain, seal }).toString();
}

const SALT = 'AAECAwQFBgcICQoLDA0ODw';
const AT = '2026-11-20T09:01:00.000Z';

const cash = (amount: string): SaleBody['tenders'] => [{ type: 'cash', amount }];
const total = (amount_total: string, changes: object = {}) => ({
  amount_total,
  tenders: cash(amount_total),
  change: '0',
  ...changes,
});

/** A body at a store, and what is expected of it. */
const sale = (what: string, changes: object, expected: object) => ({
  what,
  store_id: 'STHLM-001',
  header: { v: 1, kind: 'sale', at: AT },
  body_line: `{"salt":"${SALT}","body":${JSON.stringify({ ...saleBody(), ...changes })}}`,
  ...expected,
});
const refused = (reason: string) => ({ reason });
const booked = (...lines: string[]) => ({
  postings: lines.map((line) => line.split(' ')),
  created_at: AT,
});
const PLAIN = booked('cash_drawer 10000', 'cash_drawer -3600', 'sales -6400');

/** Bodies at a store, and what they are booked as or why they wait. */
export function sales(): object[] {
  return [...bookedSales(), ...refusedSales(), ...oddEntries()];
}

function bookedSales(): object[] {
  const both = { tenders: [...cash('60.00'), ...cash('4')], change: '0.00' };
  return [
    sale('paid with a note', {}, PLAIN),
    sale('of no store yet', { store_id: null }, PLAIN),
    sale('two tenders, no change', both, booked('cash_drawer 6000', 'cash_drawer 400', 'sales -6400')),
    sale('no decimals', total('1200', { currency: 'JPY' }), booked('cash_drawer 1200', 'sales -1200')),
    sale('three decimals', total('1.2340', { currency: 'KWD' }), booked('cash_drawer 1234', 'sales -1234')),
    sale(
      'the largest amount',
      total('9999999999999.99'),
      booked('cash_drawer 999999999999999', 'sales -999999999999999'),
    ),
  ];
}

function refusedSales(): object[] {
  const crowd = Array.from({ length: 17 }, () => cash('1')[0]);
  return [
    sale('of another store', { store_id: 'OTHER', change: '1' }, refused('wrong_store')),
    sale('a currency nobody knows', { currency: 'XXX' }, refused('unknown_currency')),
    sale('half an öre', total('64.005'), refused('amount_precision')),
    sale('too much', total('10000000000000.00'), refused('amount_out_of_range')),
    sale('a wrong sum', { change: '35.99' }, refused('amounts_do_not_add_up')),
    sale('less than nothing', total('-1.00'), refused('amounts_do_not_add_up')),
    sale('an exponent', total('1e3'), refused('invalid_body')),
    sale('a number instead of text', total('64.00', { change: 0 }), refused('invalid_body')),
    sale('no tender', { tenders: [] }, refused('invalid_body')),
    sale('too many tenders', { tenders: crowd }, refused('invalid_body')),
    sale('a control character', { cashier_id: 'a\u0007' }, refused('invalid_body')),
    sale('no reference at all', { customer_reference: undefined }, refused('invalid_body')),
  ];
}

function oddEntries(): object[] {
  const of = (what: string, header: object, expected: object) => ({
    ...sale(what, {}, expected),
    header: { v: 1, kind: 'sale', at: AT, ...header },
  });
  const december = { ...PLAIN, created_at: '2026-12-01T09:01:00.000Z' };
  return [
    { ...sale('no salt', {}, refused('invalid_body')), body_line: JSON.stringify({ body: saleBody() }) },
    { ...sale('not JSON', {}, refused('invalid_body')), body_line: '{' },
    of('of a kind of tomorrow', { kind: 'refund' }, refused('unknown_kind')),
    of('of a version of tomorrow', { v: 2 }, refused('unknown_version')),
    of('in a thirteenth month', { at: AT.replace('-11-', '-13-') }, refused('invalid_time')),
    of('on the 31st of November', { at: AT.replace('-20T', '-31T') }, december),
  ];
}
