/** The devices of one till; what is not there is undefined. */
import type { CardReader } from './card-reader.ts';
import type { CashDispenser } from './cash-dispenser.ts';
import type { PinPad } from './pin-pad.ts';
import type { CashDrawer, ReceiptPrinter } from './receipt-printer.ts';
import type { SecureElement } from './secure-element.ts';
import type { BarcodeScanner, Display, Scale } from './small-devices.ts';

export type Devices = {
  cardReader?: CardReader;
  pinPad?: PinPad;
  secureElement?: SecureElement;
  printer?: ReceiptPrinter;
  drawer?: CashDrawer;
  customerDisplay?: Display;
  merchantDisplay?: Display;
  scale?: Scale;
  scanner?: BarcodeScanner;
  dispenser?: CashDispenser;
};
