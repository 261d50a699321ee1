export {
  type CardAnswer,
  type CardLink,
  type CardReader,
  ENTRY_MODES,
  type EntryMode,
  type Presented,
  type StripeTracks,
} from './ports/card-reader.ts';
export type {
  CashDispenser,
  Cassette,
  Dispensed,
  DispenseFailure,
  NoteCount,
} from './ports/cash-dispenser.ts';
export {
  DEVICE_KINDS,
  type Device,
  type DeviceKind,
  type DeviceStatus,
  type Order,
  type Outcome,
} from './ports/device.ts';
export type { Devices } from './ports/devices.ts';
export type { OfflinePinWay, OnlinePin, PinFailure, PinPad, PinPrompt } from './ports/pin-pad.ts';
export type { CashDrawer, PrintFailure, ReceiptPrinter } from './ports/receipt-printer.ts';
export type { SecureElement } from './ports/secure-element.ts';
export type { BarcodeScanner, Display, Scale, ScannedCode, Weight } from './ports/small-devices.ts';
