import { expect, test } from 'vitest';
import { encodeOriginalData, parseOriginalData } from './original-data.ts';

const FIELD = '020000331609080645190000000020000000000000';

test('a published field is read and written again', () => {
  const data = parseOriginalData(FIELD);
  expect(data).toEqual({
    mti: '0200',
    systemTraceAuditNumber: '003316',
    transmissionDateTime: '0908064519',
    acquirer: '200',
    forwarder: '',
  });
  expect(data && encodeOriginalData(data)).toBe(FIELD);
});

test('parts come back from the field', () => {
  const data = {
    mti: '0100',
    systemTraceAuditNumber: '000042',
    transmissionDateTime: '1120221530',
    acquirer: '12345678901',
    forwarder: '987',
  };
  const field = encodeOriginalData(data);
  expect(field).toBe('010000004211202215301234567890100000000987');
  expect(parseOriginalData(field)).toEqual(data);
});

test('anything but 42 digits is refused, and parts of a wrong length are a defect of the program', () => {
  for (const text of ['', FIELD.slice(1), `${FIELD}0`, `X${FIELD.slice(1)}`, `${FIELD.slice(1)} `]) {
    expect(parseOriginalData(text)).toBeUndefined();
  }
  const data = {
    mti: '0100',
    systemTraceAuditNumber: '1',
    transmissionDateTime: '112022153000000',
    acquirer: '',
    forwarder: '',
  };
  expect(() => encodeOriginalData(data)).toThrow('the parts have their digits');
  expect(() => encodeOriginalData({ ...data, mti: '9999' })).toThrow('the message type is one of ISO 8583');
});
