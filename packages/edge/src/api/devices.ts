/**
 * The simulated devices of an edge over HTTP, for the page that operates them. Where the devices are real nothing is
 * here: nobody puts a card into a reader from afar.
 */
import { AppError } from '@holdfast/base';
import { operate, type SimulatedTill } from '@holdfast/hardware';
import { DeviceControlArgs, DeviceList, DeviceView } from '@holdfast/protocol';
import { z } from 'zod';
import type { EdgeContext } from '../context.ts';
import { createDeviceWatch } from '../devices/device-watch.ts';
import { managerOf, WORKERS } from './actor.ts';
import { type SeenDevice, viewOf } from './devices-shapes.ts';
import type { EdgeApi } from './index.ts';

export function registerDevices(api: EdgeApi, context: EdgeContext): void {
  const till = context.devices.simulated;
  const page = till && pageOf(till, context);
  registerList(api, context, page);
  registerControls(api, context, page);
}

type DevicesPage = {
  list(): Promise<DeviceList>;
  devices(): Promise<readonly SeenDevice[]>;
  /** Somebody has moved something. */
  moved(): void;
};

function registerList(api: EdgeApi, context: EdgeContext, page: DevicesPage | undefined): void {
  api.route(
    {
      method: 'get',
      path: '/edge/devices',
      summary: 'Show the simulated devices, what can be done with them, and the cards to pay with',
      description:
        'There is nothing here unless the option `hardware.simulated` is on. Cards are told by id and label, never by number. What a printer and its drawer say of themselves is up to five seconds old; what is seen on them is not. Needs a manager.',
      tags: ['devices'],
      access: WORKERS,
      responses: { 200: { description: 'Devices and cards.', schema: DeviceList } },
    },
    async ({ principal }) => {
      managerOf(context, principal);
      return { body: await mustSimulate(page).list() };
    },
  );
}

function registerControls(api: EdgeApi, context: EdgeContext, page: DevicesPage | undefined): void {
  api.route(
    {
      method: 'post',
      path: '/edge/devices/{kind}/{control}',
      summary: 'Do with a simulated device what a hand could do',
      description:
        'The body holds the fields of the control, as the list of devices tells them; one without fields takes `{}`. What the world does not allow now, such as taking out a card that is not there, is refused with `device_unable`. Needs a manager.',
      tags: ['devices'],
      access: WORKERS,
      params: z.object({ kind: z.string().max(64), control: z.string().max(64) }),
      body: { schema: DeviceControlArgs },
      responses: { 200: { description: 'The device as it is then.', schema: DeviceView } },
      example: { card: 'visa-offline-pin' },
    },
    async ({ params, body, principal }) => {
      managerOf(context, principal);
      const { devices, moved } = mustSimulate(page);
      const find = async () => (await devices()).find(({ status }) => status.kind === params.kind);
      const simulator = (await find())?.simulator;
      if (simulator === undefined) throw new AppError('not_found', 'There is no such simulated device.');
      const result = await operate(simulator, { name: params.control, args: body });
      moved();
      refuse(result);
      const device = await find();
      return { body: device && viewOf(device) };
    },
  );
}

function pageOf({ devices, simulators, wallet }: SimulatedTill, { ports }: EdgeContext): DevicesPage {
  const present = Object.values(devices).filter((device) => device !== undefined);
  const watch = createDeviceWatch(present, ports);
  const seen = async () =>
    (await watch.statuses()).map((status) => ({
      status,
      simulator: simulators[status.kind === 'receipt_printer' ? 'printer' : status.kind],
    }));
  return {
    devices: seen,
    moved: watch.expire,
    list: async () => ({
      as_of: new Date(ports.clock.nowMs()).toISOString(),
      devices: (await seen()).map(viewOf),
      cards: wallet.cards.map(({ id, label, hasChip, hasAntenna }) => ({
        ...{ id, label, has_chip: hasChip, has_antenna: hasAntenna },
      })),
    }),
  };
}

function mustSimulate(page: DevicesPage | undefined): DevicesPage {
  if (page === undefined)
    throw new AppError(
      'not_found',
      'This edge has no simulated devices: start it with the option `hardware.simulated`.',
    );
  return page;
}

/** Throws AppError for what was not done. */
function refuse(result: Awaited<ReturnType<typeof operate>>): void {
  switch (result.kind) {
    case 'done':
      return;
    case 'unknown_control':
      throw new AppError('not_found', 'This device has no such control.');
    case 'impossible':
      throw new AppError('device_unable', result.message);
    case 'invalid': {
      const { field, message } = result;
      throw new AppError('invalid_request', field === null ? message : `${field}: ${message}`, {
        faults: [{ pointer: field === null ? '' : `/${field}`, detail: message }],
      });
    }
  }
}
