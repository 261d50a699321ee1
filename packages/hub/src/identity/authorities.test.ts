import { expect, test } from 'vitest';
import { createAuthorities } from './authorities.ts';

test('a hub answers to its public names, its address and localhost, in any case', () => {
  const authorities = createAuthorities(['Hub.example.com', 'hub.lan:8443']);
  authorities.addListener({ url: 'http://127.0.0.1:4000' });
  for (const host of [
    'hub.example.com',
    'HUB.LAN:8443',
    '127.0.0.1:4000',
    'localhost:4000',
    'LocalHost:4000',
  ]) {
    expect(authorities.includes(host)).toBe(true);
  }
  for (const host of ['', 'example.com', 'hub.lan', 'localhost', '127.0.0.1:4001', 'hub.example.com:4000']) {
    expect(authorities.includes(host)).toBe(false);
  }
});

test('the port of the scheme is left out, as a Host header leaves it out', () => {
  const authorities = createAuthorities([]);
  authorities.addListener({ url: 'https://127.0.0.1:443' });
  expect(authorities.includes('localhost')).toBe(true);
  expect(authorities.includes('127.0.0.1')).toBe(true);
});
