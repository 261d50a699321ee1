/** The ranges of first digits by brand, as the schemes publish them to acceptors. */

/** A scheme, as programs name it. */
export type Brand =
  | 'visa'
  | 'mastercard'
  | 'amex'
  | 'discover'
  | 'diners'
  | 'jcb'
  | 'unionpay'
  | 'maestro'
  | 'mir'
  | 'elo'
  | 'rupay'
  | 'verve'
  | 'troy'
  | 'dankort'
  | 'hipercard'
  | 'hiper'
  | 'napas'
  | 'uzcard'
  | 'humo'
  | 'uatp'
  | 't-union';

/** Numbers whose first digits lie between `from` and `to`, both included and of one length of at most eight digits. */
export type BrandRange = {
  readonly brand: Brand;
  readonly from: string;
  /** Absent where the range is one prefix. */
  readonly to?: string;
  readonly lengths: readonly number[];
  readonly alsoAcceptedBy?: readonly Brand[];
};

const FIFTEEN = [15];
const SIXTEEN = [16];
const NINETEEN = [19];
const VISA = [13, 16, 19];
const VERVE = [16, 18, 19];
const NAPAS = [16, 19];
const FROM_TWELVE = [12, 13, 14, 15, 16, 17, 18, 19];
const FROM_FOURTEEN = [14, 15, 16, 17, 18, 19];
const FROM_SIXTEEN = [16, 17, 18, 19];

/** Where two ranges hold a number, the longer prefix is meant. */
export const BRAND_RANGES: readonly BrandRange[] = [
  { brand: 'visa', from: '4', lengths: VISA },
  { brand: 'mastercard', from: '51', to: '55', lengths: SIXTEEN },
  { brand: 'mastercard', from: '2221', to: '2720', lengths: SIXTEEN },
  { brand: 'amex', from: '34', lengths: FIFTEEN },
  { brand: 'amex', from: '37', lengths: FIFTEEN },
  { brand: 'discover', from: '6011', lengths: FROM_SIXTEEN },
  { brand: 'discover', from: '644', to: '649', lengths: FROM_SIXTEEN },
  { brand: 'discover', from: '65', lengths: FROM_SIXTEEN },
  { brand: 'diners', from: '300', to: '305', lengths: FROM_FOURTEEN, alsoAcceptedBy: ['discover'] },
  { brand: 'diners', from: '3095', lengths: FROM_FOURTEEN, alsoAcceptedBy: ['discover'] },
  { brand: 'diners', from: '36', lengths: FROM_FOURTEEN, alsoAcceptedBy: ['discover'] },
  { brand: 'diners', from: '38', to: '39', lengths: FROM_FOURTEEN, alsoAcceptedBy: ['discover'] },
  { brand: 'jcb', from: '3528', to: '3589', lengths: FROM_SIXTEEN, alsoAcceptedBy: ['discover'] },
  { brand: 'unionpay', from: '62', lengths: FROM_SIXTEEN },
  { brand: 'unionpay', from: '8100', to: '8171', lengths: FROM_SIXTEEN },
  { brand: 'unionpay', from: '622126', to: '622925', lengths: FROM_SIXTEEN, alsoAcceptedBy: ['discover'] },
  { brand: 'unionpay', from: '624', to: '626', lengths: FROM_SIXTEEN, alsoAcceptedBy: ['discover'] },
  { brand: 'unionpay', from: '6282', to: '6288', lengths: FROM_SIXTEEN, alsoAcceptedBy: ['discover'] },
  { brand: 'maestro', from: '493698', lengths: FROM_TWELVE },
  { brand: 'maestro', from: '5018', lengths: FROM_TWELVE },
  { brand: 'maestro', from: '5020', lengths: FROM_TWELVE },
  { brand: 'maestro', from: '5038', lengths: FROM_TWELVE },
  { brand: 'maestro', from: '5893', lengths: FROM_TWELVE },
  { brand: 'maestro', from: '56', to: '58', lengths: FROM_TWELVE },
  { brand: 'maestro', from: '6304', lengths: FROM_TWELVE },
  { brand: 'maestro', from: '63', lengths: FROM_TWELVE },
  { brand: 'maestro', from: '67', lengths: FROM_TWELVE },
  { brand: 'maestro', from: '6759', lengths: FROM_TWELVE },
  { brand: 'maestro', from: '6761', to: '6763', lengths: FROM_TWELVE },
  { brand: 'maestro', from: '500000', to: '504174', lengths: FROM_TWELVE },
  { brand: 'maestro', from: '504176', to: '506098', lengths: FROM_TWELVE },
  { brand: 'maestro', from: '506199', to: '506698', lengths: FROM_TWELVE },
  { brand: 'maestro', from: '506779', to: '507864', lengths: FROM_TWELVE },
  { brand: 'maestro', from: '507965', to: '508499', lengths: FROM_TWELVE },
  { brand: 'mir', from: '2200', to: '2204', lengths: FROM_SIXTEEN },
  { brand: 'elo', from: '401178', to: '401179', lengths: SIXTEEN },
  { brand: 'elo', from: '431274', lengths: SIXTEEN },
  { brand: 'elo', from: '438935', lengths: SIXTEEN },
  { brand: 'elo', from: '451416', lengths: SIXTEEN },
  { brand: 'elo', from: '457393', lengths: SIXTEEN },
  { brand: 'elo', from: '457631', to: '457632', lengths: SIXTEEN },
  { brand: 'elo', from: '504175', lengths: SIXTEEN },
  { brand: 'elo', from: '506699', to: '506778', lengths: SIXTEEN },
  { brand: 'elo', from: '509000', to: '509999', lengths: SIXTEEN },
  { brand: 'elo', from: '627780', lengths: SIXTEEN },
  { brand: 'elo', from: '636297', lengths: SIXTEEN },
  { brand: 'elo', from: '636368', lengths: SIXTEEN },
  { brand: 'elo', from: '650031', to: '650033', lengths: SIXTEEN },
  { brand: 'elo', from: '650035', to: '650051', lengths: SIXTEEN },
  { brand: 'elo', from: '650405', to: '650439', lengths: SIXTEEN },
  { brand: 'elo', from: '650485', to: '650538', lengths: SIXTEEN },
  { brand: 'elo', from: '650541', to: '650598', lengths: SIXTEEN },
  { brand: 'elo', from: '650700', to: '650718', lengths: SIXTEEN },
  { brand: 'elo', from: '650720', to: '650727', lengths: SIXTEEN },
  { brand: 'elo', from: '650901', to: '650978', lengths: SIXTEEN },
  { brand: 'elo', from: '651652', to: '651679', lengths: SIXTEEN },
  { brand: 'elo', from: '655000', to: '655019', lengths: SIXTEEN },
  { brand: 'elo', from: '655021', to: '655058', lengths: SIXTEEN },
  { brand: 'rupay', from: '508500', to: '508999', lengths: SIXTEEN },
  { brand: 'rupay', from: '606985', to: '607984', lengths: SIXTEEN },
  { brand: 'rupay', from: '608001', to: '608500', lengths: SIXTEEN },
  { brand: 'rupay', from: '652150', to: '653149', lengths: SIXTEEN },
  { brand: 'rupay', from: '817200', to: '819899', lengths: SIXTEEN },
  { brand: 'verve', from: '506099', to: '506198', lengths: VERVE },
  { brand: 'verve', from: '507865', to: '507964', lengths: VERVE },
  { brand: 'verve', from: '650002', to: '650027', lengths: VERVE },
  { brand: 'troy', from: '9792', lengths: SIXTEEN },
  { brand: 'dankort', from: '5019', lengths: SIXTEEN },
  { brand: 'dankort', from: '4571', lengths: SIXTEEN, alsoAcceptedBy: ['visa'] },
  { brand: 'hipercard', from: '606282', lengths: SIXTEEN },
  { brand: 'hiper', from: '637095', lengths: SIXTEEN },
  { brand: 'hiper', from: '637568', lengths: SIXTEEN },
  { brand: 'hiper', from: '637599', lengths: SIXTEEN },
  { brand: 'hiper', from: '637609', lengths: SIXTEEN },
  { brand: 'hiper', from: '637612', lengths: SIXTEEN },
  { brand: 'napas', from: '9704', lengths: NAPAS },
  { brand: 'uzcard', from: '8600', lengths: SIXTEEN },
  { brand: 'humo', from: '9860', lengths: SIXTEEN },
  { brand: 'uatp', from: '1', lengths: FIFTEEN },
  { brand: 't-union', from: '31', lengths: NINETEEN },
];
