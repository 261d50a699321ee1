import type { Problem } from '@holdfast/protocol';
import { expect, test } from 'vitest';
import type { TextStore } from './platform.ts';
import { createSessionStore, type SignedIn, type Terminal, tokenOf } from './session.ts';

function memoryStore(): TextStore {
  const texts = new Map<string, string>();
  return {
    get: (key) => texts.get(key) ?? null,
    set: (key, value) => void texts.set(key, value),
    remove: (key) => void texts.delete(key),
    keys: () => [...texts.keys()],
  };
}

const terminal: Terminal = { terminal_id: 't1', terminal_name: 'Till', token: 'terminal-token' };
const anna: SignedIn = {
  token: 'staff-token',
  staff: { staff_id: 'anna', name: 'Anna', role: 'cashier' },
  expires_at: '2026-01-01T00:00:00.000Z',
};
const problem = (code: string): Problem => ({
  type: '',
  title: '',
  status: 401,
  detail: '',
  code,
  action: '',
  trace_id: '',
});

function signedIn() {
  const stores = { lasting: memoryStore(), passing: memoryStore() };
  const session = createSessionStore(stores);
  session.pair(terminal);
  session.signIn(anna);
  return { stores, session };
}

test('pairing lasts, and the person stays through a reload of the window', () => {
  const { stores, session } = signedIn();
  expect(tokenOf(session.get())).toBe('staff-token');
  expect(createSessionStore(stores).get()).toEqual(session.get());
  expect(createSessionStore({ ...stores, passing: memoryStore() }).get()).toEqual({
    kind: 'paired',
    terminal,
    ended: false,
  });
});

test('a refused person signs in again; a refused terminal is paired again', () => {
  const { stores, session } = signedIn();
  session.refused('staff-token', problem('sign_in_required'));
  expect(session.get()).toEqual({ kind: 'paired', terminal, ended: true });
  session.refused('terminal-token', problem('unauthenticated'));
  expect(session.get()).toEqual({ kind: 'unpaired', revoked: true });
  expect([...stores.lasting.keys(), ...stores.passing.keys()]).toEqual([]);
});

test('late answers to older tokens and other problems change nothing', () => {
  const { session } = signedIn();
  session.refused('terminal-token', problem('unauthenticated'));
  session.refused('staff-token', problem('wrong_pin'));
  session.refused(null, problem('unauthenticated'));
  expect(session.get().kind).toBe('signed_in');
});

test('whoever listens is told, until they stop', () => {
  const { session } = signedIn();
  let told = 0;
  const stop = session.subscribe(() => {
    told += 1;
  });
  session.signOut();
  stop();
  session.signIn(anna);
  expect(told).toBe(1);
});

test('the API token stays in its window, and a pairing that was there comes back after it', () => {
  const { stores, session } = signedIn();
  session.operate('api-token');
  expect(tokenOf(createSessionStore(stores).get())).toBe('api-token');
  expect(createSessionStore({ ...stores, passing: memoryStore() }).get().kind).toBe('paired');
  session.leaveOperating();
  expect(session.get()).toMatchObject({ kind: 'signed_in', token: 'staff-token' });
  session.operate('wrong');
  session.refused('wrong', problem('unauthenticated'));
  expect(session.get().kind).toBe('signed_in');
});
