import { describe, expect, test } from 'vitest';
import { plainPaint } from '../shell/testing.ts';
import { type DevReport, renderBanner } from './banner.ts';

const EDGE = {
  name: 'edge-1',
  url: 'http://127.0.0.1:4100',
  till_url: 'http://127.0.0.1:4100/#pair=ABCD-EFGH',
  docs_url: 'http://127.0.0.1:4100/docs',
  token_file: '/srv/.holdfast/edge-1/api-token',
  config_file: '/srv/.holdfast/edge-1/edge.toml',
  store_id: 'STHLM-001',
  store_name: 'Kaffebaren',
  pairing_code: 'ABCD-EFGH',
};

const REPORT: DevReport = {
  folder: '/srv/.holdfast',
  logs_folder: '/srv/.holdfast/logs',
  ready_ms: 4321,
  hub: {
    url: 'http://127.0.0.1:4000',
    docs_url: 'http://127.0.0.1:4000/docs',
    token_file: '/srv/.holdfast/hub/api-token',
    config_file: '/srv/.holdfast/hub/hub.toml',
  },
  edges: [EDGE],
  staff: [
    { staff_id: 'astrid', name: 'Astrid', role: 'cashier', pin: '1234' },
    { staff_id: 'maja', name: 'Maja', role: 'manager', pin: '9876' },
  ],
  example_sale: {
    cashier_id: 'astrid',
    items: [{ sku: 'A', name: 'Espresso', quantity: 2, unit_price: '32.00' }],
  },
};

describe('the banner', () => {
  const banner = renderBanner(REPORT, { paint: plainPaint, cwd: '/srv' });

  test('says where everything is', () => {
    expect(banner).toContain('Holdfast is running after 4.3 s');
    expect(banner).toContain('http://127.0.0.1:4100/#pair=ABCD-EFGH  Kaffebaren (STHLM-001), edge-1');
    expect(banner).toContain('token in .holdfast/hub/api-token');
    expect(banner).toContain('Astrid 1234, Maja 9876 (manager)');
  });

  test('names three things to try, with paths from here', () => {
    expect(banner).toContain('$(cat .holdfast/edge-1/api-token)');
    expect(banner).toContain(`-d '${JSON.stringify(REPORT.example_sale)}'`);
    expect(banner).toContain('{"mode":"offline"}');
    expect(banner).toContain('start again');
  });

  test('shows no relative path that is longer than the absolute one', () => {
    expect(renderBanner(REPORT, { paint: plainPaint, cwd: '/opt/shops/deep/down' })).toContain(
      'cat /srv/.holdfast/edge-1/api-token',
    );
  });

  test('says so where there is no till', () => {
    const edges = [{ ...EDGE, till_url: null }];
    expect(renderBanner({ ...REPORT, edges }, { paint: plainPaint, cwd: '/' })).toContain('not built');
  });
});
