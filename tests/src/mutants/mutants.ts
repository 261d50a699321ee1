/**
 * Defects of our own making, one small change of the product each. A suite that stays green with one of them in place
 * is blind to what it does. Each names the suites that ought to see it, the cheapest first; `mutants.test.ts` keeps
 * every `find` in step with the code.
 */
import type { SuiteName } from './suites.ts';

export type Mutant = {
  name: string;
  /** What goes wrong, for people. */
  defect: string;
  /** Path from the root of the repository. */
  file: string;
  /** Occurs exactly once in the file, and is replaced. */
  find: string;
  replace: string;
  /** A second place, where one alone would be caught by the other. */
  also?: { file: string; find: string; replace: string };
  suites: readonly [SuiteName, ...SuiteName[]];
};

/** At the edge: taking and keeping sales. */
const STORE: readonly Mutant[] = [
  {
    name: 'ack-before-commit',
    defect: 'The client is answered while the transaction is open; the next group commits it.',
    file: 'packages/edge/src/writer/engine.ts',
    find: 'this.#hooks.aroundCommit(() => this.#statements.commit.run());',
    replace:
      'queueMicrotask(() => setTimeout(() => this.#db.inTransaction && this.#statements.commit.run(), 5));',
    suites: ['edge', 'crash'],
  },
  {
    name: 'synchronous-normal-after-reopen',
    defect: 'The store is reopened with the durability these builds choose by themselves.',
    file: 'packages/edge/src/store/open.ts',
    find: 'db.pragma(`synchronous = $' + "{at.synchronous ?? 'FULL'}`);",
    replace: "db.pragma('synchronous = NORMAL');",
    suites: ['edge', 'power'],
  },
  {
    name: 'durability-not-read-back',
    defect: 'The store runs at NORMAL and nobody looks.',
    file: 'packages/edge/src/store/open.ts',
    find: "synchronous: at.synchronous === 'NORMAL' ? 1 : 2, foreign_keys: 1 });",
    replace: "foreign_keys: 1 });\n    db.pragma('synchronous = NORMAL');",
    suites: ['edge', 'power'],
  },
  {
    name: 'no-unique-key',
    defect: 'A repeated sale is not recognised, and the schema lets it in.',
    file: 'packages/edge/src/writer/handlers/sale.ts',
    find: '  const known = findSale(tx.statements, command);\n  if (known) return known;',
    replace: '',
    also: {
      file: 'packages/edge/src/store/migrations/001-first.ts',
      find: 'op_id              BLOB NOT NULL UNIQUE,',
      replace: 'op_id              BLOB NOT NULL,',
    },
    suites: ['edge', 'crash', 'sim'],
  },
  {
    name: 'other-body-under-same-key',
    defect: 'A key that names another sale is answered with the first one.',
    file: 'packages/edge/src/writer/handlers/sale.ts',
    find: 'if (!row.request_hash.equals(sha256(command.text)))',
    replace: 'if (row.request_hash.length === 0)',
    suites: ['edge'],
  },
  {
    name: 'drop-on-full',
    defect: 'A sale that does not fit the queue is answered as if it had been taken.',
    file: 'packages/edge/src/writer/handlers/sale.ts',
    find: "  const placed = tx.append('transactions', {",
    replace:
      "  if (tx.ports.random.unit() < 0.02) return { body: answer({ op_id: command.op_id, seq: 1, receipt_code: '00000-00000', total: sale.total_minor, change: sale.change_minor, currency: sale.currency }), replayed: false };\n  const placed = tx.append('transactions', {",
    suites: ['crash', 'sim'],
  },
  {
    name: 'swallowed-commit-error',
    defect: 'A COMMIT that throws is taken for one that went through.',
    file: 'packages/edge/src/writer/engine.ts',
    find: 'return this.#findOut(commands, outcomes, error);',
    replace: 'this.#reopen(error);\n      return outcomes;',
    suites: ['edge', 'sim'],
  },
  {
    name: 'unknown-commit-called-failed',
    defect: 'A COMMIT that throws is answered as a failure without looking at the store.',
    file: 'packages/edge/src/writer/engine.ts',
    find: 'return found(this.#statements, command) ?? { ok: false, failure };',
    replace: 'return { ok: false, failure };',
    suites: ['edge', 'sim'],
  },
  {
    name: 'refused-command-keeps-its-place',
    defect: 'What a refused command appended stays in the chain in memory: a hole on the disk.',
    file: 'packages/edge/src/writer/engine.ts',
    find: 'this.#state.tips.set(lane, tip);\n      if (before)',
    replace: 'if (before)',
    suites: ['edge', 'sim'],
  },
  {
    name: 'float-money',
    defect: 'Amounts are counted with the floating point of the machine.',
    file: 'packages/money/src/amount.ts',
    find: 'return BigInt(start === 1 ? -units : units);',
    replace: 'return BigInt(Math.trunc((Number(text) * 10 ** currency.exponent * 100) / 100));',
    suites: ['core', 'sim'],
  },
  {
    name: 'sentinel-not-read',
    defect: 'A restored disk sells on under its old incarnation until a hub tells it.',
    file: 'packages/edge/src/writer/sentinel.ts',
    find: 'if (mark.incarnation !== now.incarnation) return true;',
    replace: 'return false;',
    suites: ['edge', 'system', 'sim'],
  },
  {
    name: 'sentinel-runs-ahead',
    defect: 'The mark beside the store is written before the commit: every crash looks like a restored disk.',
    file: 'packages/edge/src/writer/engine.ts',
    find: '      sealTips([...moved.values()], { statements: this.#statements, state: this.#state });',
    replace:
      '      sealTips([...moved.values()], { statements: this.#statements, state: this.#state });\n      this.#sentinel.mark(this.#mark());',
    suites: ['edge', 'crash', 'sim'],
  },
  {
    name: 'seal-forgotten',
    defect: 'Commits of several sales are not sealed.',
    file: 'packages/edge/src/writer/engine.ts',
    find: '      sealTips([...moved.values()], { statements: this.#statements, state: this.#state });',
    replace:
      '      if (commands.length === 1) sealTips([...moved.values()], { statements: this.#statements, state: this.#state });',
    suites: ['edge', 'crash'],
  },
  {
    name: 'pin-lock-by-wall-clock',
    defect: 'Moving the clock forward lifts the lock after wrong PINs.',
    file: 'packages/edge/src/pin-locks.ts',
    find: 'untilMs.set(staffId, clock.monotonicMs() + ms)',
    replace: 'untilMs.set(staffId, clock.nowMs() + ms)',
    suites: ['edge'],
  },
];

/** At the edge: sending, and what the hub tells. */
const SYNC: readonly Mutant[] = [
  {
    name: 'retry-with-a-new-name',
    defect: 'What is wrapped again becomes a new operation.',
    file: 'packages/edge/src/writer/handlers/sync.ts',
    find: 'const place = { op_id, kind, at, terminal_id, staff_id };',
    replace:
      "const place = { op_id: op_id.replace(/^./, (c) => (c === '0' ? '1' : '0')), kind, at, terminal_id, staff_id };",
    suites: ['edge', 'system', 'sim'],
  },
  {
    name: 'cursor-before-page',
    defect: 'The cursor of the feed is kept although a change of its page was not applied.',
    file: 'packages/edge/src/writer/handlers/identity.ts',
    find: 'for (const change of page.changes) if (applyChange(tx, change, snapshot)) applied += 1;',
    replace:
      'for (const change of page.changes.slice(0, -1)) if (applyChange(tx, change, snapshot)) applied += 1;',
    suites: ['edge', 'system', 'sim'],
  },
  {
    name: 'ack-of-any-stream',
    defect: 'An ack is believed whatever stream it is for.',
    file: 'packages/edge/src/sync/lane-sender.ts',
    find: 'if (!ours || toHex(ours) !== ack.head_hash) {',
    replace: 'if (toHex(batch.lastHash) === ack.head_hash.slice(1)) {',
    suites: ['edge', 'system', 'sim'],
  },
  {
    name: 'late-ack-moves-back',
    defect: 'An ack that arrives late sets the marks back and calls unsent entries synced.',
    file: 'packages/edge/src/writer/handlers/sync.ts',
    find: 'WHERE stream_no = ? AND acked_seq <= ?`,',
    replace: 'WHERE stream_no = ? AND acked_seq < ? + 1000000`,',
    suites: ['edge', 'sim'],
  },
  {
    name: 'acked-when-sent',
    defect: 'What a batch carries counts as acked whatever the hub acked of it.',
    file: 'packages/edge/src/sync/lane-sender.ts',
    find: '      ack: answer.ack,\n',
    replace: '      ack: { ...answer.ack, acked_seq: batch.lastSeq + 1 },\n',
    suites: ['edge', 'system', 'sim'],
  },
  {
    name: 'outbox-wiped-on-new-generation',
    defect: 'A hub that was restored is taken at its word: nothing is sent again.',
    file: 'packages/edge/src/writer/handlers/sync.ts',
    find: '  const acked = isOurs\n    ? { seq: command.acked_seq, hash: own }\n    : { seq: stream.pruned_seq, hash: stream.pruned_hash };',
    replace:
      '  const acked = isOurs || own === undefined\n    ? { seq: stream.acked_seq, hash: stream.acked_hash }\n    : { seq: stream.pruned_seq, hash: stream.pruned_hash };',
    suites: ['edge', 'system', 'sim'],
  },
  {
    name: 'gap-passed-over',
    defect: 'A gap is answered by sending what comes after it.',
    file: 'packages/edge/src/sync/lane-sender.ts',
    find: 'this.resendFrom(batch.stream, expected);',
    replace: 'this.resendFrom(batch.stream, batch.lastSeq + 1);',
    suites: ['edge', 'system', 'sim'],
  },
  {
    name: 'fork-ignored',
    defect: 'After a fork the rest is not wrapped again.',
    file: 'packages/edge/src/writer/handlers/sync.ts',
    find: 'const done = rewrapStream(tx, stream, Math.min(from, stream.acked_seq + 1));',
    replace:
      "const done = command.why === 'fork' ? { rewrapped: 0, damaged: 0 } : rewrapStream(tx, stream, Math.min(from, stream.acked_seq + 1));",
    suites: ['edge', 'system', 'sim'],
  },
  {
    name: 'clone-keeps-its-identity',
    defect: 'A device that was taken for a clone goes on under the identity it shares.',
    file: 'packages/edge/src/writer/handlers/sync.ts',
    find: "if (command.why === 'clone') writeMeta(tx.db, 'shared_identity', '1');",
    replace: '',
    suites: ['edge', 'system', 'sim'],
  },
  {
    name: 'lost-end-not-wrapped',
    defect: 'What a restored hub lacks of a closed stream is not sent again.',
    file: 'packages/edge/src/writer/handlers/sync.ts',
    find: 'return { rewrapped: rewrapStream(tx, stream, command.from_seq).rewrapped };',
    replace: 'return { rewrapped: 0 };',
    suites: ['edge', 'system', 'sim'],
  },
  {
    name: 'own-entries-not-verified',
    defect: 'What the hub gives back is taken without looking at its hashes.',
    file: 'packages/edge/src/sync/own-page.ts',
    find: 'if (entry.body !== null && bodyHash(entry.body) !== header.body_hash)',
    replace: 'if (entry.body === header.body_hash)',
    suites: ['edge'],
  },
  {
    name: 'link-believes-anything',
    defect: 'Whatever answers at the address of the hub is taken for the hub.',
    file: 'packages/client/src/hub-device.ts',
    find: "if (health.service !== 'hub') throw new LinkError('hub_error', 'What answers there is not a hub');",
    replace: '',
    suites: ['core', 'edge', 'proxy'],
  },
];

/** At the hub. */
const HUB: readonly Mutant[] = [
  {
    name: 'chain-not-checked',
    defect: 'Places and bodies of entries are not compared with what the chain says.',
    file: 'packages/journal/src/batch.ts',
    find: "if (header.body_hash !== bodyHash(bodyLine)) return 'the body does not have the hash its header names';",
    replace: '',
    suites: ['core', 'hub'],
  },
  {
    name: 'seal-not-checked',
    defect: 'The signature of a seal is not verified.',
    file: 'packages/journal/src/seal.ts',
    find: 'if (!signature || !input.verifier.verify(publicKey, signed, signature))',
    replace: 'if (!signature || signed.length === 0)',
    suites: ['core', 'hub'],
  },
  {
    name: 'stream-not-locked',
    defect: 'Two batches of one stream are taken in side by side.',
    file: 'packages/hub/src/store/migrations/001-lease.ts',
    find: 'SELECT * INTO v_stream FROM stream WHERE tenant_id = p_tenant AND location_id = p_location\n    AND device_id = p_device AND incarnation = p_incarnation AND lane = p_lane FOR UPDATE;\n  IF NOT FOUND',
    replace:
      'SELECT * INTO v_stream FROM stream WHERE tenant_id = p_tenant AND location_id = p_location\n    AND device_id = p_device AND incarnation = p_incarnation AND lane = p_lane;\n  IF NOT FOUND',
    suites: ['hub', 'system'],
  },
  {
    name: 'operation-booked-twice',
    defect: 'An operation that comes again by another stream is booked again.',
    file: 'packages/hub/src/store/migrations/001-append.ts',
    find: '  IF v_owned < v_count THEN',
    replace: '  IF v_owned < v_count AND false THEN',
    suites: ['hub', 'system', 'sim'],
  },
  {
    name: 'no-unique-operation',
    defect: 'The ledger knows an operation by its device: another device books it again.',
    file: 'packages/hub/src/store/migrations/001-tables.ts',
    find: '  PRIMARY KEY (tenant_id, op_id)\n',
    replace: '  PRIMARY KEY (tenant_id, op_id, device_id, incarnation)\n',
    suites: ['hub', 'system', 'sim'],
  },
  {
    name: 'reused-name-is-success',
    defect: 'Another sale under a name that is taken is acked and forgotten.',
    file: 'packages/hub/src/store/migrations/001-append.ts',
    find: "ELSE 'op_id_reused' END ORDER BY ord)",
    replace: "ELSE '' END ORDER BY ord)",
    suites: ['hub', 'sim'],
  },
  {
    name: 'fork-not-seen',
    defect: 'Entries that differ from what is held are passed over.',
    file: 'packages/hub/src/store/migrations/001-ingest.ts',
    find: '    v_is_fork := FOUND;',
    replace: '    v_is_fork := false;',
    suites: ['hub', 'system', 'sim'],
  },
  {
    name: 'gap-accepted',
    defect: 'A batch that begins too far ahead is appended all the same.',
    file: 'packages/hub/src/store/migrations/001-ingest.ts',
    find: '  ELSIF p_first > v_stream.acked_seq + 1 THEN',
    replace: '  ELSIF p_first > v_stream.acked_seq + 1000 THEN',
    suites: ['hub', 'sim'],
  },
  {
    name: 'clone-not-seen',
    defect: 'Two lives of one identity are served in turn.',
    file: 'packages/hub/src/store/migrations/001-lease.ts',
    find: "RETURN CASE WHEN v_superseded IS NULL THEN 'held' ELSE 'superseded' END;",
    replace: "RETURN 'held';",
    suites: ['hub', 'system', 'sim'],
  },
  {
    name: 'generation-kept-after-restore',
    defect: 'A hub that is shown an ack it has forgotten does not notice that it was restored.',
    file: 'packages/hub/src/store/migrations/001-lease.ts',
    find: "  UPDATE hub_meta SET value = p_fresh WHERE key = 'generation' AND value = v_own;",
    replace: '',
    suites: ['hub', 'system', 'sim'],
  },
  {
    name: 'ack-not-authenticated',
    defect: 'Anybody can tell the hub that it was restored.',
    file: 'packages/hub/src/ingest/ack.ts',
    find: 'return given !== undefined && sameBytes(given, macOf(macKey, statement));',
    replace: 'return given !== undefined;',
    suites: ['hub'],
  },
  {
    name: 'safe-before-archived',
    defect: 'A batch is called safe although the archive failed.',
    file: 'packages/hub/src/ingest/keep-segment.ts',
    find: '    input.failed(error);\n    return row.safe_seq;',
    replace: '    input.failed(error);',
    suites: ['hub', 'sim'],
  },
  {
    name: 'failed-commit-answered-as-done',
    defect: 'A COMMIT that fails is answered with an ack.',
    file: 'packages/hub/src/store/transact.ts',
    find: "    const { command } = await client.query('COMMIT');\n    assert(command === 'COMMIT', 'a failed statement inside the transaction was caught by its caller');\n    return result;",
    replace: "    await client.query('COMMIT').catch(() => undefined);\n    return result;",
    suites: ['hub', 'sim'],
  },
  {
    name: 'quarantine-not-kept',
    defect: 'What cannot be booked is acked and nobody is told.',
    file: 'packages/hub/src/store/migrations/001-append.ts',
    find: "    WHERE ord > p_skip AND reason <> '';",
    replace: "    WHERE ord > p_skip AND reason = 'op_id_reused';",
    suites: ['hub', 'sim'],
  },
  {
    name: 'change-not-booked',
    defect: 'The change that left the drawer is missing in the ledger.',
    file: 'packages/hub/src/ingest/judge.ts',
    find: "if (changeMinor !== 0n) postings.push({ account: 'cash_drawer', amountMinor: -changeMinor });",
    replace: '',
    suites: ['hub', 'sim'],
  },
  {
    name: 'feed-version-skipped',
    defect: 'The last change of a write gets the version of the one before.',
    file: 'packages/hub/src/feed/write-feed.ts',
    find: '        reached - changes.length,',
    replace: '        reached - changes.length - 1,',
    suites: ['hub', 'sim'],
  },
  {
    name: 'feed-across-generations',
    defect: 'A cursor of another life of the hub is continued.',
    file: 'packages/hub/src/feed/read-feed.ts',
    find: '  if (given.generation !== generation) return false;',
    replace: '',
    suites: ['hub', 'sim'],
  },
  {
    name: 'content-digest-not-checked',
    defect: 'A request is believed whatever its body is.',
    file: 'packages/crypto/src/request-signature.ts',
    find: 'if (digest !== undefined && isContentDigestOf(digest, input.body)) return undefined;',
    replace: 'if (digest !== undefined) return undefined;',
    suites: ['core', 'hub'],
  },
  {
    name: 'nonce-used-again',
    defect: 'An enrolment that was overheard can be sent again.',
    file: 'packages/hub/src/identity/nonces.ts',
    find: "  if (rowCount === 0) throw new AppError('nonce_used', 'The nonce was used before.');",
    replace: "  if (rowCount === null) throw new AppError('nonce_used', 'The nonce was used before.');",
    suites: ['hub'],
  },
];

/** Recovery: what is kept, put back and checked. */
const RECOVERY: readonly Mutant[] = [
  {
    name: 'prunes-what-is-not-safe',
    defect: 'Entries leave the edge as soon as they are acked, whether or not the archive has them.',
    file: 'packages/edge/src/store/pruning.ts',
    find: 'const upTo = Math.min(stream.acked_seq, stream.safe_seq, held?.seq ?? 0);',
    replace: 'const upTo = held === undefined ? 0 : stream.acked_seq;',
    suites: ['edge', 'sim'],
  },
  {
    name: 'log-not-compared',
    defect: 'A part of the log that cannot be read is taken for its end, and written over.',
    file: 'packages/edge/src/store/open.ts',
    find: 'assertTakenOver(log, framesTakenOver(db), at.path)',
    replace: 'framesTakenOver(db)',
    suites: ['edge', 'disk'],
  },
  {
    name: 'backup-not-walked',
    defect: 'A copy whose entries are not what was sealed is called a backup.',
    file: 'packages/edge/src/recovery/check-store.ts',
    find: 'if (reason !== undefined) throw fault(`entry $' + '{seq + 1}: $' + '{reason}`);',
    replace: '',
    suites: ['edge'],
  },
  {
    name: 'restored-without-a-mark',
    defect: 'A store that was put back goes on under its old incarnation.',
    file: 'packages/edge/src/recovery/restore.ts',
    find: "writeMeta(db, 'restored', '1');",
    replace: '',
    suites: ['edge', 'system', 'commands'],
  },
  {
    name: 'restored-hub-keeps-its-generation',
    defect: 'A hub that was put back does not say so.',
    file: 'packages/hub/src/replay/begin-life.ts',
    find: 'ON CONFLICT (key) DO UPDATE SET value = excluded.value`',
    replace: 'ON CONFLICT DO NOTHING`',
    suites: ['hub', 'commands'],
  },
  {
    name: 'hub-starts-behind-its-archive',
    defect: 'A hub starts on a database that was put back, and does not look into its archive.',
    file: 'packages/hub/src/replay/replay-ahead.ts',
    find: 'place.last_seq > (known.get(streamOf(place)) ?? 0)',
    replace: 'place.last_seq < (known.get(streamOf(place)) ?? 0) && place.first_seq === 0',
    suites: ['hub', 'sim'],
  },
  {
    name: 'replay-without-a-look',
    defect: 'A segment of the archive is replayed whatever its head says of its device.',
    file: 'packages/hub/src/replay/append-segment.ts',
    find: 'if (head.tenant_id !== sealer.tenant_id || head.location_id !== sealer.location_id)',
    replace: "if (head.tenant_id === '')",
    suites: ['hub'],
  },
  {
    name: 'verify-without-signatures',
    defect: 'The verification takes any signature for one of the device.',
    file: 'packages/verify/src/bytes.ts',
    find: 'verify(null, Buffer.from(text), key, bytes)',
    replace: 'verify(null, Buffer.from(text), key, bytes) !== undefined',
    suites: ['verify', 'edge'],
  },
  {
    name: 'verify-without-postings',
    defect: 'The verification does not look at the amounts of postings.',
    file: 'packages/verify/src/check-booking.ts',
    find: "      ['amount_minor', posting.amount_minor, String(line.amount)],\n",
    replace: '',
    suites: ['verify', 'hub'],
  },
];

export const MUTANTS: readonly Mutant[] = [...STORE, ...SYNC, ...HUB, ...RECOVERY];
