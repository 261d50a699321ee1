/** The simulated devices over HTTP, as the page of the till uses them. */
import { must } from '@holdfast/base';
import { DeviceList, DeviceView, type Problem } from '@holdfast/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testEdge } from '../testing.ts';

let edge: Awaited<ReturnType<typeof testEdge>>;
beforeAll(async () => {
  edge = await testEdge({ '--hardware-simulated': 'true' });
});
afterAll(async () => {
  await edge.close();
});

const list = async () => DeviceList.parse(await (await edge.ask('/edge/devices')).json());
const deviceOf = async (kind: string) =>
  must(
    (await list()).devices.find((device) => device.kind === kind),
    'the till has it',
  );
const press = (kind: string, control: string, args: object = {}) =>
  edge.ask(`/edge/devices/${kind}/${control}`, { method: 'POST', body: JSON.stringify(args) });
const refusal = async (response: Promise<Response>) => {
  const { status, code, detail } = (await (await response).json()) as Problem; // Each test says what it expects.
  return { status, code, detail };
};

/** Signs a person in at a terminal of their own. */
async function signedIn(staff_id: string, role: string): Promise<string> {
  const { context } = edge.edge;
  const pin_hash = await context.pins.hash('1234');
  const version = role === 'manager' ? 2 : 1;
  const change = { scope: 'tenant:x', collection: 'staff', key: staff_id, version };
  await context.writer.submit({
    type: 'feed',
    page: {
      ...{ generation: 'a'.repeat(32), reset: false, includes: [], cursor: staff_id, more: false },
      changes: [{ ...change, value: { staff_id, name: staff_id, role, pin_hash } }],
      server_time: '2026-01-01T00:00:00.000Z',
    },
  });
  const post = async (path: string, body: object, token?: string) => {
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const answer = await edge.ask(path, { method: 'POST', body: JSON.stringify(body), headers });
    return (await answer.json()) as { pairing_code: string; token: string };
  };
  const { pairing_code } = await post('/api/v1/pairing-codes', {});
  const paired = await post('/api/v1/pair', { pairing_code, terminal_name: staff_id });
  return (await post('/api/v1/sessions', { staff_id, pin: '1234' }, paired.token)).token;
}

describe('the list', () => {
  it('has every device with what is seen of it and what can be done, and the cards by their labels', async () => {
    const { devices, cards } = await list();
    expect(devices.map(({ kind, state }) => [kind, state])).toEqual(
      [
        ...['card_reader', 'pin_pad', 'secure_element', 'customer_display', 'cash_dispenser'],
        ...['receipt_printer', 'cash_drawer', 'merchant_display', 'scale', 'barcode_scanner'],
      ].map((kind) => [kind, 'ready']),
    );
    const reader = must(devices[0], 'it comes first');
    expect(reader.snapshot).toMatchObject({ is_plugged: true, card_in_slot: null });
    expect(reader.controls).toContainEqual(
      expect.objectContaining({ name: 'insert', fields: [expect.objectContaining({ name: 'card' })] }),
    );
    expect(cards).toContainEqual({
      ...{ id: 'visa-offline-pin', label: 'Visa, offline PIN 1234' },
      ...{ has_chip: true, has_antenna: true },
    });
  });

  it('names no card by its number', async () => {
    const text = await (await edge.ask('/edge/devices')).text();
    expect(text).not.toMatch(/\d{12}/);
  });
});

describe('a control', () => {
  it('is called with its fields, and answers with the device as it is then', async () => {
    const answer = await press('card_reader', 'insert', { card: 'visa-no-pin' });
    expect(answer.status).toBe(200);
    const { snapshot } = DeviceView.parse(await answer.json());
    expect(snapshot).toMatchObject({ card_in_slot: 'visa-no-pin' });
    await press('card_reader', 'pull_out');
    expect((await deviceOf('card_reader')).snapshot).toMatchObject({ card_in_slot: null });
  });

  it('that the world does not allow is refused with a sentence', async () => {
    expect(await refusal(press('card_reader', 'pull_out'))).toEqual({
      ...{ status: 409, code: 'device_unable', detail: 'There is no card in the slot.' },
    });
  });

  it.each([
    [{ card: 'visa' }, 'card: Give one of'],
    [{}, 'card: Give a text'],
    [{ card: 'visa-no-pin', hand: 1 }, 'hand: This control has no such field'],
  ])('with fields that do not fit is refused: %o', async (args, detail) => {
    const { status, code, ...rest } = await refusal(press('card_reader', 'insert', args));
    expect([status, code]).toEqual([422, 'invalid_request']);
    expect(rest.detail).toContain(detail);
  });

  it.each([
    ['toaster', 'press'],
    ['card_reader', 'press'],
    ['secure_element', 'press'],
  ])('that is not there is not found: %s %s', async (kind, control) => {
    expect(await refusal(press(kind, control))).toMatchObject({ status: 404, code: 'not_found' });
  });

  it('of the drawer and of the printer is seen in the state of both at once', async () => {
    await press('receipt_printer', 'set_paper', { millimetres: 0 });
    expect(await deviceOf('receipt_printer')).toMatchObject({
      state: 'attention',
      snapshot: { paper_mm: 0 },
    });
    await press('cash_drawer', 'open_with_key');
    expect((await deviceOf('cash_drawer')).snapshot).toMatchObject({ is_open: true });
    await press('receipt_printer', 'new_roll');
    expect((await deviceOf('receipt_printer')).state).toBe('ready');
  });

  it('is listed soon while a printer hangs', async () => {
    await press('receipt_printer', 'set_cable', { state: 'hanging' });
    expect((await deviceOf('receipt_printer')).snapshot).toMatchObject({ cable: 'hanging' });
    await press('receipt_printer', 'set_cable', { state: 'plugged' });
  });
});

describe('who may', () => {
  it('are managers and holders of the API token', async () => {
    const [cashier, manager] = [await signedIn('astrid', 'cashier'), await signedIn('maja', 'manager')];
    const as = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });
    expect((await edge.ask('/edge/devices', as(manager))).status).toBe(200);
    expect(await refusal(edge.ask('/edge/devices', as(cashier)))).toMatchObject({ code: 'forbidden' });
    const pull = { method: 'POST', body: '{}', ...as(cashier) };
    expect(await refusal(edge.ask('/edge/devices/card_reader/pull_out', pull))).toMatchObject({
      code: 'forbidden',
    });
    expect((await edge.ask('/edge/devices', as('nobody'))).status).toBe(401);
  });
});

it('an edge with real devices has nothing to operate', async () => {
  const real = await testEdge();
  try {
    const { status, code, detail } = await refusal(real.ask('/edge/devices'));
    expect([status, code]).toEqual([404, 'not_found']);
    expect(detail).toContain('hardware.simulated');
  } finally {
    await real.close();
  }
});
