import { expect, it } from 'vitest';
import { escPosEan13 } from './escpos-ean13.ts';

it('sets height, width and no digits, and prints the code behind a zero', () => {
  const hex = Buffer.from(escPosEan13('400638133393')).toString('hex');
  expect(hex).toBe(`1d683c1d77031d48001d6b02${Buffer.from('400638133393').toString('hex')}00`);
});

it('takes thirteen digits with the right last one only', () => {
  expect(escPosEan13('4006381333931')).toHaveLength(26);
  expect(() => escPosEan13('4006381333932')).toThrow('the last digit checks the others');
});

it.each(['', '40063813339', '40063813339310', '40063813339a', '4006381\x00393'])('refuses "%s"', (digits) => {
  expect(() => escPosEan13(digits)).toThrow('twelve or thirteen digits');
});
