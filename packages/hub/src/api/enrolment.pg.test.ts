import { get } from 'node:http';
import { LIMITS, systemPorts } from '@holdfast/base';
import { generateSigningKey, signRequest, toBase64Url } from '@holdfast/crypto';
import type { Problem, RegisterAnswer } from '@holdfast/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDevice, NDJSON } from './testing-device.ts';
import { startTestHub, TEST_STORE, type TestHub } from './testing-hub.ts';

let hub: TestHub;

beforeAll(async () => {
  hub = await startTestHub();
});

afterAll(() => hub.close());

async function codeOf(answer: Response): Promise<string> {
  const problem = (await answer.json()) as Problem;
  expect(problem.status).toBe(answer.status);
  expect(JSON.stringify(problem)).not.toContain('at ');
  return problem.code;
}

describe('enrolment', () => {
  test('gives the device its place, and the keys to trust', async () => {
    const device = createTestDevice(hub.url);
    const answer = await device.register(await hub.claim());
    expect(answer.status).toBe(201);
    const enrolment = (await answer.json()) as RegisterAnswer;
    expect(enrolment).toMatchObject({
      store_id: TEST_STORE.store_id,
      store_name: TEST_STORE.name,
      currency: 'SEK',
      time_zone: 'Europe/Stockholm',
      state: 'active',
    });
    expect(enrolment.root_key.public_key).toHaveLength(43);
    expect(JSON.parse(enrolment.hub_key.statement)).toMatchObject({ tenant_id: enrolment.tenant_id });
    const page = await device.send({ method: 'GET', path: '/api/v1/sync/changes' });
    expect(page.status).toBe(200);
  });

  test('answers the same again when the first answer was lost', async () => {
    const device = createTestDevice(hub.url);
    const token = await hub.claim();
    const first = await (await device.register(token)).json();
    const second = await device.register(token);
    expect(second.status).toBe(201);
    expect(await second.json()).toEqual(first);
  });

  test('takes one of many that use a token at once', async () => {
    const token = await hub.claim();
    const devices = Array.from({ length: 8 }, () => createTestDevice(hub.url));
    const answers = await Promise.all(devices.map((device) => device.register(token)));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 403, 403, 403, 403, 403, 403, 403]);
  });
});

describe('a registration is refused', () => {
  test('with a used token', async () => {
    const token = await hub.claim();
    await createTestDevice(hub.url).register(token);
    const answer = await createTestDevice(hub.url).register(token);
    expect([answer.status, await codeOf(answer)]).toEqual([403, 'invalid_claim_token']);
  });

  test('with an expired token', async () => {
    const token = await hub.claim();
    await hub.hub.context.pool.query('UPDATE claim SET expires_at = $1 WHERE used_at IS NULL', [new Date(0)]);
    const answer = await createTestDevice(hub.url).register(token);
    expect(await codeOf(answer)).toBe('invalid_claim_token');
  });

  test('with a token nobody made', async () => {
    const answer = await createTestDevice(hub.url).register('claim_made-up');
    expect(await codeOf(answer)).toBe('invalid_claim_token');
  });

  test('with a nonce that was used, is forged or is missing', async () => {
    const device = createTestDevice(hub.url);
    const serverNonce = await device.nonce();
    expect((await device.register(await hub.claim(), { serverNonce })).status).toBe(201);
    const again = await createTestDevice(hub.url).register(await hub.claim(), { serverNonce });
    expect([again.status, await codeOf(again)]).toEqual([401, 'nonce_used']);
    const forged = await createTestDevice(hub.url).register(await hub.claim(), {
      serverNonce: 'A'.repeat(64),
    });
    expect(await codeOf(forged)).toBe('nonce_used');
    const body = JSON.stringify({
      claim_token: await hub.claim(),
      public_key: toBase64Url(device.key.publicKey),
      device_name: 'Till',
      software_version: '1',
    });
    const without = await device.send({ method: 'POST', path: '/api/v1/devices/register', body });
    expect(await codeOf(without)).toBe('nonce_used');
  });

  test('with a nonce spent on a refusal only once more', async () => {
    const device = createTestDevice(hub.url);
    const serverNonce = await device.nonce();
    expect(await codeOf(await device.register('claim_made-up', { serverNonce }))).toBe('invalid_claim_token');
    expect((await device.register(await hub.claim(), { serverNonce })).status).toBe(201);
  });

  test('with the key of another device, though signed with it', async () => {
    const device = await hub.enrolled();
    const answer = await createTestDevice(hub.url, device.key).register(await hub.claim());
    expect([answer.status, await codeOf(answer)]).toEqual([409, 'already_enrolled']);
  });

  test('without possession of the key it names', async () => {
    const device = createTestDevice(hub.url);
    const answer = await device.register(await hub.claim(), { key: generateSigningKey() });
    expect([answer.status, await codeOf(answer)]).toEqual([401, 'invalid_signature']);
  });

  test('with a body that was swapped after signing', async () => {
    const device = createTestDevice(hub.url);
    const sentBody = Buffer.from(
      JSON.stringify({
        claim_token: await hub.claim(),
        public_key: toBase64Url(device.key.publicKey),
        device_name: 'Another name',
        software_version: '1',
      }),
    );
    const answer = await device.register(await hub.claim(), { sentBody });
    expect(await codeOf(answer)).toBe('invalid_signature');
  });

  test('when it was signed for another service', async () => {
    const answer = await createTestDevice(hub.url).register(await hub.claim(), {
      authority: 'other.example',
    });
    expect(await codeOf(answer)).toBe('invalid_signature');
  });
});

/** A request with a Host header of its choice, which fetch does not allow. */
function getAs(host: string, headers: Record<string, string>): Promise<number | undefined> {
  const answer = Promise.withResolvers<number | undefined>();
  const options = { headers: { ...headers, host } };
  get(`${hub.url}/api/v1/sync/changes`, options, (response) => {
    response.resume();
    answer.resolve(response.statusCode);
  }).on('error', answer.reject);
  return answer.promise;
}

describe('a signed request', () => {
  test('holds for the names of this hub alone, even when it is sent as it was signed', async () => {
    const device = await hub.enrolled();
    const statusAs = (authority: string) =>
      getAs(
        authority,
        signRequest({
          method: 'GET',
          authority,
          path: '/api/v1/sync/changes',
          query: '',
          createdSeconds: Math.floor(systemPorts.clock.nowMs() / 1000),
          nonce: `${device.boot}.1`,
          key: device.key,
        }),
      );
    expect(await statusAs(`localhost:${hub.hub.port}`)).toBe(200);
    expect(await statusAs('other.example')).toBe(401);
  });

  test('of an unknown key is refused', async () => {
    const answer = await createTestDevice(hub.url).send({ method: 'GET', path: '/api/v1/sync/changes' });
    expect([answer.status, await codeOf(answer)]).toEqual([401, 'invalid_signature']);
  });

  test('from a wrong clock is told the time, and passes with the nonce of that answer', async () => {
    const device = await hub.enrolled();
    const createdSeconds = Math.floor((systemPorts.clock.nowMs() - LIMITS.signatureAgeMs) / 1000) - 60;
    const request = { method: 'GET', path: '/api/v1/sync/changes' };
    const refused = await device.send({ ...request, tampering: { createdSeconds } });
    expect(await codeOf(refused)).toBe('clock_skew');
    expect(Date.parse(refused.headers.get('date') ?? '')).toBeGreaterThan(createdSeconds * 1000);
    const serverNonce = refused.headers.get('edge-nonce') ?? '';
    const passed = await device.send({ ...request, tampering: { createdSeconds, serverNonce } });
    expect(passed.status).toBe(200);
    expect(passed.headers.get('edge-nonce')).not.toBe(serverNonce);
  });

  test('of a suspended device uploads and reports, but reads nothing', async () => {
    const device = await hub.enrolled();
    await hub.ask('PATCH', `/api/v1/devices/${device.deviceId()}`, { state: 'suspended' });
    const page = await device.send({ method: 'GET', path: '/api/v1/sync/changes' });
    expect(await codeOf(page)).toBe('device_suspended');
    device.sell('12.00');
    const upload = await device.send({
      method: 'POST',
      path: '/api/v1/transactions/batch',
      body: device.batch(),
      contentType: NDJSON,
    });
    expect(upload.status).toBe(200);
    const heartbeat = await device.send({
      method: 'POST',
      path: `/api/v1/devices/${device.deviceId()}/heartbeat`,
      body: JSON.stringify({ boot: device.boot, software_version: '2', streams: [] }),
    });
    expect(await heartbeat.json()).toMatchObject({ state: 'suspended' });
    await hub.ask('PATCH', `/api/v1/devices/${device.deviceId()}`, { state: 'active' });
    expect((await device.send({ method: 'GET', path: '/api/v1/sync/changes' })).status).toBe(200);
  });

  test('of a revoked device may hand in what it has sold, into quarantine, and nothing else', async () => {
    const device = await hub.enrolled();
    await hub.ask('PATCH', `/api/v1/devices/${device.deviceId()}`, { state: 'revoked' });
    device.sell('12.00');
    const upload = await device.send({
      method: 'POST',
      path: '/api/v1/transactions/batch',
      body: device.batch(),
      contentType: NDJSON,
    });
    expect(await upload.json()).toMatchObject({
      answer: 'acked',
      quarantined: [{ seq: 1, reason: 'device_revoked' }],
    });
    const page = await device.send({ method: 'GET', path: '/api/v1/sync/changes' });
    expect([page.status, await codeOf(page)]).toEqual([403, 'device_revoked']);
    const heartbeat = await device.send({
      method: 'POST',
      path: `/api/v1/devices/${device.deviceId()}/heartbeat`,
      body: JSON.stringify({ boot: device.boot, software_version: '2', streams: [] }),
    });
    expect(await codeOf(heartbeat)).toBe('device_revoked');
    const back = await hub.operate('PATCH', `/api/v1/devices/${device.deviceId()}`, { state: 'active' });
    expect(await codeOf(back)).toBe('device_revoked');
  });

  test('of one device cannot speak for another', async () => {
    const [one, other] = [await hub.enrolled(), await hub.enrolled()];
    const answer = await one.send({
      method: 'POST',
      path: `/api/v1/devices/${other.deviceId()}/heartbeat`,
      body: JSON.stringify({ boot: one.boot, software_version: '2', streams: [] }),
    });
    expect([answer.status, await codeOf(answer)]).toEqual([403, 'forbidden']);
  });

  test('gives a device no rights of the operator', async () => {
    const device = await hub.enrolled();
    for (const path of ['/central/transactions', '/api/v1/reconciliation', '/api/v1/devices', '/metrics']) {
      const answer = await device.send({ method: 'GET', path });
      expect([answer.status, await codeOf(answer)]).toEqual([403, 'forbidden']);
    }
  });
});

describe('the operator', () => {
  test.each([
    ['no token', undefined],
    ['a wrong token', 'Bearer operator_wrong'],
    ['another scheme', 'Basic b3BlcmF0b3I6eA=='],
  ])('is nobody with %s', async (_name, authorization) => {
    const headers = authorization === undefined ? undefined : { authorization };
    const answer = await fetch(`${hub.url}/api/v1/devices`, headers === undefined ? {} : { headers });
    expect([answer.status, await codeOf(answer)]).toEqual([401, 'unauthenticated']);
  });
});
