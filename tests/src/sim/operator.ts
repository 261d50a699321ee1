/**
 * The person behind a world: makes the store, enrols edges and enrols them again when they say so, changes what is sold
 * and who sells it, suspends and revokes devices, and decides what waits in quarantine.
 */
import type { ClaimAnswer } from '@holdfast/protocol';
import type { Seeded } from '../support/seeded.ts';
import type { EdgeNode } from './edge-node.ts';
import { HUB_URL, type HubNode, mustSucceed } from './hub-node.ts';
import type { World } from './world.ts';

const STORE = {
  store_id: 'STHLM-001',
  name: 'Kaffebaren Slussen',
  currency: 'SEK',
  time_zone: 'Europe/Stockholm',
};

type Device = { device_id: string; state: string };
type Waiting = { device_id: string; incarnation: string; lane: string; seq: number; reason: string };

export class Operator {
  readonly #world: World;
  readonly #hub: HubNode;
  readonly #random: Seeded;
  /** Claims that were made for an edge and not yet seen to be used. */
  readonly #claims = new Map<EdgeNode, string>();
  #changes = 0;

  constructor(world: World, hub: HubNode) {
    this.#world = world;
    this.#hub = hub;
    this.#random = world.randomFor('operator');
  }

  async makeStore(): Promise<void> {
    mustSucceed(await this.#hub.operate('POST', '/api/v1/locations', STORE));
    for (let i = 0; i < 5; i += 1) await this.changeMasterData();
  }

  /** Enrols every edge that needs it, where both sides can be reached. Returns the names of those that need something. */
  async lookAfter(edges: readonly EdgeNode[]): Promise<string[]> {
    const devices = await this.devices();
    const needy: string[] = [];
    for (const edge of edges) if (!(await this.#lookAfterOne(edge, devices))) needy.push(edge.name);
    return needy;
  }

  async #lookAfterOne(edge: EdgeNode, devices: readonly Device[] | undefined): Promise<boolean> {
    if (!edge.isUp || devices === undefined) return false;
    if (!needsEnrolment(edge, devices)) {
      this.#claims.delete(edge);
      return true;
    }
    const claim = this.#claims.get(edge) ?? (await this.#claim());
    if (claim === undefined || !edge.isUp) return false;
    if (this.#claims.has(edge)) this.#world.observer.saw('enrolment repeated');
    this.#claims.set(edge, claim);
    this.#enrol(edge, claim);
    return false;
  }

  /** Puts an article or a person, or takes one away. */
  async changeMasterData(): Promise<void> {
    this.#changes += 1;
    const n = this.#changes;
    const random = this.#random;
    const scope = random.chance(0.4) ? `?store_id=${STORE.store_id}` : '';
    const key = `sku-${random.int(1, 12)}`;
    const price = `${random.int(1, 99)}.00`;
    const item = { name: `Article ${n}`, price, currency: 'SEK', category: 'Kaffe', symbol: '☕' };
    const draw = random.unit();
    if (draw < 0.6) await this.#hub.operate('PUT', `/api/v1/catalogue/${key}${scope}`, item);
    else if (draw < 0.75) await this.#hub.operate('DELETE', `/api/v1/catalogue/${key}${scope}`);
    else if (draw < 0.9)
      await this.#hub.operate('PUT', `/api/v1/staff/s-${random.int(1, 4)}${scope}`, {
        name: `Person ${n}`,
        role: 'cashier',
        pin: '1234',
      });
    else await this.#hub.operate('DELETE', `/api/v1/staff/s-${random.int(1, 4)}${scope}`);
  }

  async devices(): Promise<Device[] | undefined> {
    const answer = await this.#hub.operate('GET', '/api/v1/devices?limit=1000');
    if (answer === undefined || answer.status !== 200) return undefined;
    const { devices } = answer.body as { devices: Device[] }; // The shape of the hub's list.
    return devices;
  }

  /** Sets the state of a device; a hub that is down hears nothing of it. */
  async setState(deviceId: string, state: 'active' | 'suspended' | 'revoked'): Promise<boolean> {
    const answer = await this.#hub.operate('PATCH', `/api/v1/devices/${deviceId}`, { state });
    return answer?.status === 200;
  }

  /** Books what waits and may be booked by a person, and dismisses what is there twice. Returns how many were decided. */
  async emptyQuarantine(): Promise<number> {
    let decided = 0;
    for (const waiting of await this.#waiting()) {
      const { device_id, incarnation, lane, seq } = waiting;
      const resolution = waiting.reason === 'op_id_reused' ? 'dismiss' : 'book';
      const request = { device_id, incarnation, lane, seq, resolution, note: 'Seen on paper.' };
      const answer = await this.#hub.operate('POST', '/api/v1/quarantine/resolve', request);
      if (answer?.status !== 200) continue;
      decided += 1;
      if (resolution === 'book') this.#world.observer.saw('quarantined sale booked by a person');
    }
    return decided;
  }

  async #waiting(): Promise<Waiting[]> {
    const body = mustSucceed(await this.#hub.operate('GET', '/api/v1/quarantine?limit=1000'));
    return (body as { entries: Waiting[] }).entries; // The shape of the hub's list.
  }

  async #claim(): Promise<string | undefined> {
    const answer = await this.#hub.operate('POST', '/api/v1/claims', { store_id: STORE.store_id });
    if (answer?.status !== 201) return undefined;
    const { claim_token } = answer.body as ClaimAnswer; // Its status says that it is one.
    return claim_token;
  }

  /** Asks the edge to enrol; the network between it and the hub is the world's. */
  #enrol(edge: EdgeNode, claim: string): void {
    const { app, context } = edge.composition;
    const asked = app.fetch(
      new Request('http://edge.sim/api/v1/enrolment', {
        method: 'POST',
        headers: { authorization: `Bearer ${context.apiToken}`, 'content-type': 'application/json' },
        body: JSON.stringify({ hub_url: HUB_URL, claim_token: claim }),
      }),
    );
    void Promise.resolve(asked).then(async (answer) => {
      this.#world.trace.note(this.#world.scheduler.nowMs, `enrolment of ${edge.name}: ${answer.status}`);
      // A token that the hub does not take, since it was used or the hub was put back to before it, is no use again.
      if (answer.status >= 400 && answer.status < 500) this.#claims.delete(edge);
    });
  }
}

/** New, told that its identity is shared, revoked, or of a hub that has forgotten it. */
function needsEnrolment(edge: EdgeNode, devices: readonly Device[]): boolean {
  const { context } = edge.composition;
  const enrolment = context.enrolment();
  if (enrolment === undefined) return true;
  const isShared = context.db.prepare("SELECT 1 FROM meta WHERE key = 'shared_identity'").get() !== undefined;
  const known = devices.find(({ device_id }) => device_id === enrolment.device_id);
  return isShared || known === undefined || known.state === 'revoked';
}
