export {
  type Catalogue,
  type Category,
  createCatalogue,
  SALE_FLAGS,
  type SaleFlag,
} from './catalogue.ts';
export {
  type DrawerPulse,
  type EscPosCut,
  type EscPosReport,
  type EscPosStatusKind,
  escPosAutomaticStatus,
  escPosCut,
  escPosDrawerKick,
  escPosInitialise,
  escPosProcessId,
  escPosStatusRequest,
  STATUS_KINDS,
} from './escpos-commands.ts';
export { escPosEan13 } from './escpos-ean13.ts';
export { EscPosPaper } from './escpos-paper.ts';
export type { PaperEvent, PaperRefusal, QrLevel } from './escpos-paper-commands.ts';
export {
  AUTOMATIC_STATUS_BYTES,
  type AutomaticStatus,
  type PrinterError,
  type RealTimeStatus,
  readAutomaticStatus,
  readRealTimeStatus,
  type StatusRead,
  writeAutomaticStatus,
  writeRealTimeStatus,
} from './escpos-status.ts';
export {
  decryptRksvTurnover,
  encryptRksvTurnover,
  parseRksvCode,
  RKSV_DEVICE_FAILED,
  type RksvCode,
  type RksvPart,
  type RksvResult,
  rksvChain,
  rksvJws,
  writeRksvCode,
} from './fiscal/rksv.ts';
export {
  parseTseCode,
  parseTseReceiptData,
  TSE_PARTS,
  type TseCode,
  type TseReceiptData,
  type TseResult,
  writeTseCode,
} from './fiscal/tse.ts';
export type {
  Align,
  ReceiptAudience,
  ReceiptBlock,
  ReceiptDocument,
  ReceiptOrigin,
} from './receipt-blocks.ts';
export {
  type CardChipData,
  type CardConversion,
  type CardEntryMode,
  type CardholderVerification,
  type CardOutcome,
  type CardPayment,
  faultOfCardPayment,
  type ReceiptCardNumber,
} from './receipt-card.ts';
export { type CardSlipInput, cardSlipDocument } from './receipt-card-slip.ts';
export { type ReceiptInput, type ReceiptTender, receiptDocument } from './receipt-document.ts';
export { type ReceiptEscPosOptions, receiptEscPos } from './receipt-escpos.ts';
export { type ReceiptLabels, receiptLabels } from './receipt-labels.ts';
export { receiptSvg } from './receipt-svg.ts';
export { RECEIPT_WIDTHS, type ReceiptWidth, receiptText } from './receipt-text.ts';
export { type PricedLine, type PricedSale, type PricedTender, priceSale } from './sale.ts';
