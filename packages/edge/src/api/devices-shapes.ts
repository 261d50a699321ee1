/** Simulated devices in the shapes of the protocol. */
import type { Control, ControlField, DeviceStatus, Simulated } from '@holdfast/hardware';
import type { DeviceControl, DeviceField, DeviceView } from '@holdfast/protocol';

/** What a device says of itself, and the thing behind it where there is one to touch. */
export type SeenDevice = { status: DeviceStatus; simulator: Simulated | undefined };

/** The device in the shape of the wire, as of this moment. */
export function viewOf({ status, simulator }: SeenDevice): DeviceView {
  const { kind, name, state, attention, facts } = status;
  return {
    ...{ kind, name, state, attention, facts: { ...facts } },
    snapshot: simulator === undefined ? null : { ...simulator.snapshot() },
    controls: (simulator?.controls ?? []).map(controlOf),
  };
}

function controlOf({ name, label, args = {} }: Control): DeviceControl {
  return { name, label, fields: Object.entries(args).map(fieldOf) };
}

function fieldOf([name, field]: [string, ControlField]): DeviceField {
  const { type, label } = field;
  const open = { ...{ name, label, type }, allowed: null, min: null, max: null, chars_max: null };
  switch (field.type) {
    case 'boolean':
      return open;
    case 'integer':
      return { ...open, min: field.min, max: field.max };
    case 'text':
      return {
        ...open,
        allowed: field.allowed ? [...field.allowed] : null,
        chars_max: field.charsMax ?? null,
      };
  }
}
