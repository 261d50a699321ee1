/** INTERNAL AUTHENTICATE (EMV Book 2 6.5.1, Book 3 6.5.9): the card signs what the terminal sent, with a number of its own. */
import { dolDataLength, encodeTlv, SW, signDynamicData } from '@holdfast/cards';
import { entriesOf, type Handler, ok, status } from './session.ts';

const DYNAMIC_NUMBER_LENGTH = 8;

/** INTERNAL AUTHENTICATE, for cards that sign by themselves. */
export const internalAuthenticate: Handler = (session, { p1, p2, data = new Uint8Array() }) => {
  const { payment } = session;
  if (payment === undefined || payment.stage === 'selected') return status(SW.conditionsNotSatisfied);
  const { application, profile } = payment;
  const { authentication } = application.product;
  if (authentication !== 'dda' && authentication !== 'cda') return status(SW.instructionNotSupported);
  if (p1 !== 0x00 || p2 !== 0x00) return status(SW.wrongP1P2);
  if (data.length !== dolDataLength(entriesOf(profile.ddol))) return status(SW.wrongLength);
  payment.isDdaDone = true;
  const value = signDynamicData({
    iccKey: application.iccKey,
    iccDynamicNumber: session.random.bytes(DYNAMIC_NUMBER_LENGTH),
    terminalData: data,
  });
  const isFormat1 = application.product.issuerAuthentication === 'command';
  return ok(
    encodeTlv([isFormat1 ? { tag: '80', value } : { tag: '77', children: [{ tag: '9F4B', value }] }]),
  );
};
