/** Limits whose clock is moved while they hold. */
import { type Clock, LIMITS, systemPorts } from '@holdfast/base';
import { tokenHash } from '@holdfast/crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createLimitClock } from './limit-clock.ts';
import { openForReading } from './store/open.ts';
import { findTokenHolder } from './store/terminals.ts';
import { testFolder } from './testing.ts';
import type { Command, Outcome } from './writer/commands.ts';
import { WriterEngine } from './writer/engine.ts';

const YEAR_MS = 365 * 86_400_000;
const NOW_MS = Date.parse('2026-11-20T12:00:00.000Z');

let wallMs: number;
let passedMs: number;
let folder: Awaited<ReturnType<typeof testFolder>>;
const clock: Clock = { nowMs: () => wallMs, monotonicMs: () => passedMs };

beforeEach(async () => {
  [wallMs, passedMs] = [NOW_MS, 0];
  folder = await testFolder();
});
afterEach(() => folder.remove());

function run(...commands: Command[]): Outcome[] {
  const engine = new WriterEngine(folder.engine, { ...systemPorts, clock });
  try {
    return engine.execute(commands);
  } finally {
    engine.close();
  }
}

const wrongPin: Command = { type: 'pin', staff_id: 'astrid', right: false };

test('what is granted for a while ends in time, whichever way the clock is moved', () => {
  const limitMs = createLimitClock(clock);
  passedMs = 1_000;
  wallMs = NOW_MS - YEAR_MS;
  expect(limitMs()).toBe(NOW_MS + 1_000);
  wallMs = NOW_MS + YEAR_MS;
  expect(limitMs()).toBe(NOW_MS + YEAR_MS);
});

test('a lock that was set by a clock of the future does not last until then, nor is it lifted', () => {
  wallMs = NOW_MS + 20 * YEAR_MS;
  const tries = Array.from({ length: LIMITS.pinTries }, () => wrongPin);
  expect(run(...tries).at(-1)).toMatchObject({ value: { locked_until: wallMs + LIMITS.pinLockMs } });
  wallMs = NOW_MS;
  const locked = { granted: false, locked_until: NOW_MS + LIMITS.pinLockMs };
  expect(run(wrongPin)).toMatchObject([{ value: locked }]);
  wallMs += LIMITS.pinLockMs - 1;
  expect(run(wrongPin)).toMatchObject([{ value: locked }]);
  wallMs += 1;
  expect(run(wrongPin)).toMatchObject([{ value: { granted: true } }]);
});

test('a session, and a pairing code, of a clock that was set back since are over', () => {
  const farMs = NOW_MS + YEAR_MS;
  const pair = (name: string): Command => ({
    type: 'pair',
    code_hash: tokenHash(name),
    terminal_id: name,
    terminal_name: name,
    terminal_type: 'till',
    token: name,
    token_hash: tokenHash(name),
  });
  const code = (name: string, madeMs: number): Command => ({
    type: 'pairing_code',
    code_hash: tokenHash(name),
    expires_at: madeMs + LIMITS.pairingCodeMs,
  });
  const [, , good, stale] = run(code('good', NOW_MS), code('stale', farMs), pair('good'), pair('stale'));
  expect([good?.ok, stale]).toMatchObject([true, { ok: false, failure: { code: 'invalid_pairing_code' } }]);
  const begin = (name: string, madeMs: number): Outcome[] =>
    run({
      type: 'session',
      token_hash: tokenHash(name),
      terminal_id: 'good',
      staff_id: 'astrid',
      expires_at: madeMs + LIMITS.staffSessionMs,
    });
  const holder = (name: string) => {
    const db = openForReading(folder.engine.store);
    try {
      return findTokenHolder(db, tokenHash(name), NOW_MS)?.kind;
    } finally {
      db.close();
    }
  };
  begin('now', NOW_MS);
  expect(holder('now')).toBe('staff');
  begin('far', farMs);
  expect(holder('far')).toBeUndefined();
});
