/** Simulated devices as the local API of an edge shows them, and what a person can do with them. */
import { z } from 'zod';
import { Instant } from './common.ts';

/** A field that a control takes; `allowed` null: any text, `min` and `max` of whole numbers alone. */
export const DeviceField = z.object({
  name: z.string(),
  label: z.string(),
  type: z.enum(['text', 'integer', 'boolean']),
  allowed: z.array(z.string()).nullable(),
  min: z.number().int().nullable(),
  max: z.number().int().nullable(),
  chars_max: z.number().int().nullable(),
});
export type DeviceField = z.infer<typeof DeviceField>;

/** What a hand can do; all fields have to be given. */
export const DeviceControl = z.object({
  name: z.string(),
  label: z.string(),
  fields: z.array(DeviceField),
});
export type DeviceControl = z.infer<typeof DeviceControl>;

/** A device as it says itself that it is, and as a person who stands before it sees it. */
export const DeviceView = z.object({
  kind: z.string(),
  name: z.string(),
  state: z.enum(['ready', 'busy', 'attention', 'gone']),
  /** What is wrong and what to do; null while nothing is. */
  attention: z.string().nullable(),
  facts: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  /** Null for a device without anything to see or to touch. */
  snapshot: z.record(z.string(), z.unknown()).nullable(),
  controls: z.array(DeviceControl),
});
export type DeviceView = z.infer<typeof DeviceView>;

/** A card of the wallet; its label names the PIN that it was issued with. */
export const WalletCard = z.object({
  id: z.string(),
  label: z.string(),
  has_chip: z.boolean(),
  has_antenna: z.boolean(),
});
export type WalletCard = z.infer<typeof WalletCard>;

/** `GET /edge/devices` */
export const DeviceList = z.object({
  as_of: Instant,
  devices: z.array(DeviceView),
  cards: z.array(WalletCard),
});
export type DeviceList = z.infer<typeof DeviceList>;

/** `POST /edge/devices/{kind}/{control}`: the fields of the control by their names. */
export const DeviceControlArgs = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));
