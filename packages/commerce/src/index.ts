export {
  type Catalogue,
  type Category,
  createCatalogue,
  SALE_FLAGS,
  type SaleFlag,
} from './catalogue.ts';
export {
  type Align,
  type ReceiptBlock,
  type ReceiptDocument,
  type ReceiptInput,
  receiptDocument,
} from './receipt-document.ts';
export { receiptEscPos } from './receipt-escpos.ts';
export { type ReceiptLabels, receiptLabels } from './receipt-labels.ts';
export { receiptSvg } from './receipt-svg.ts';
export { type ReceiptWidth, receiptText } from './receipt-text.ts';
export { type PricedLine, type PricedSale, type PricedTender, priceSale } from './sale.ts';
