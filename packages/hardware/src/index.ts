export { type DevicesStatus, devicesStatus } from './devices-status.ts';
export type { EscPosPrinter } from './escpos/escpos-printer.ts';
export type { Confirmation, PrinterTimes } from './escpos/print-job.ts';
export { createPrinterDrawer, type PrinterDrawerOptions } from './escpos/printer-drawer.ts';
export { createNetworkPrinter, type NetworkPrinterOptions } from './network/network-printer.ts';
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
export type { DeviceMemory } from './ports/device-memory.ts';
export type { Devices } from './ports/devices.ts';
export type { OfflinePinWay, OnlinePin, PinFailure, PinPad, PinPrompt } from './ports/pin-pad.ts';
export type { CashDrawer, PrintFailure, ReceiptPrinter } from './ports/receipt-printer.ts';
export type { SecureElement } from './ports/secure-element.ts';
export type { BarcodeScanner, Display, Scale, ScannedCode, Weight } from './ports/small-devices.ts';
export { createSerialDisplay, type SerialDisplayOptions } from './serial/serial-display.ts';
export { requireSerialPorts, type SerialSettings } from './serial/serial-link.ts';
export { createSerialPrinter, type SerialPrinterOptions } from './serial/serial-printer.ts';
export { createSerialScale, type SerialScaleOptions } from './serial/serial-scale.ts';
export { createSerialScanner, type SerialScannerOptions } from './serial/serial-scanner.ts';
export { type CardMemory, type CardState, createRamCardMemory } from './simulated/card/memory.ts';
export { openCardMemory } from './simulated/card/memory-block.ts';
export type { SimulatedCard } from './simulated/card/simulated-card.ts';
export {
  type Control,
  type ControlField,
  type ControlFields,
  type ControlResult,
  operate,
  type Simulated,
  type Snapshot,
  type SnapshotValue,
} from './simulated/controls.ts';
export { fileMemory, ramMemory } from './simulated/device-memory.ts';
export {
  type CassetteSetting,
  createSimulatedDispenser,
  type SimulatedDispenser,
  type SimulatedDispenserOptions,
} from './simulated/dispenser.ts';
export {
  createSimulatedDisplay,
  type SimulatedDisplay,
  type SimulatedDisplayOptions,
} from './simulated/display.ts';
export {
  createSimulatedDrawer,
  type SimulatedDrawer,
  type SimulatedDrawerOptions,
} from './simulated/drawer.ts';
export { createSimulatedPinPad, type SimulatedPinPad } from './simulated/pin-pad.ts';
export type { OnPaper } from './simulated/printer/printer-body.ts';
export {
  createSimulatedPrinter,
  type SimulatedPrinter,
  type SimulatedPrinterOptions,
} from './simulated/printer.ts';
export {
  createSimulatedReader,
  type SimulatedReader,
  type SimulatedReaderOptions,
} from './simulated/reader.ts';
export { createSimulatedScale, type SimulatedScale, type SimulatedScaleOptions } from './simulated/scale.ts';
export { createSimulatedScanner, type SimulatedScanner } from './simulated/scanner.ts';
export { createSimulatedSecureElement, type SecureElementOptions } from './simulated/secure-element.ts';
export { type ServedPrinter, serveSimulatedPrinter } from './simulated/serve-printer.ts';
export { createSimulatedTill, type SimulatedTill, type SimulatedTillOptions } from './simulated/till.ts';
export { createWallet, type Wallet, type WalletAccount, type WalletOptions } from './simulated/wallet.ts';
export { createPaymentTerminal, type PaymentTerminal } from './terminal/payment-terminal.ts';
export type {
  ApproveAnswer,
  CardEntry,
  CardEvidence,
  CardFacts,
  CompleteAnswer,
  OnlineRequest,
  PaymentCall,
  PrepareAnswer,
  ReadAnswer,
  SettlementData,
  ValidateAnswer,
  Verification,
  VerifyAnswer,
} from './terminal/payment-types.ts';
export type { CardRisk, PaymentTerminalOptions, StripeRules } from './terminal/terminal-options.ts';
export { terminalProfile } from './terminal/terminal-profile.ts';
