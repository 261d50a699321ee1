/** What a device may do in each of its states. */
import { AppError } from '@holdfast/base';
import type { DeviceState } from '@holdfast/protocol';

/** `upload` is always allowed: a sale that was made must reach the ledger, if only its quarantine. */
export type DeviceAct = 'report' | 'read';

const ALLOWED: Record<DeviceState, readonly DeviceAct[]> = {
  pending: ['report'],
  active: ['report', 'read'],
  suspended: ['report'],
  revoked: [],
};

/** Throws AppError `device_revoked`, `device_suspended` or, while it waits for approval, `forbidden`. */
export function assertMay(device: { state: DeviceState }, act: DeviceAct): void {
  if (ALLOWED[device.state].includes(act)) return;
  if (device.state === 'revoked') throw new AppError('device_revoked');
  if (device.state === 'suspended') throw new AppError('device_suspended');
  throw new AppError('forbidden', 'This device waits for the approval of an operator.');
}
