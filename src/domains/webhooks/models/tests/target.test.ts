import { describe, expect, test } from '@jest/globals';
import { demandGoodTarget } from '../../services/good-target.ts';
import { faultOfTarget } from '../target.ts';

const inProduction = { plainHttp: false, allowedAddresses: [] as string[] };
const refuses = (url: string, rules = inProduction) => {
  expect(() => {
    demandGoodTarget(rules)(url);
  }).toThrow();
};

describe('an address for messages', () => {
  test.each(['https://hooks.example/x?y=1', 'https://hooks.example:8443', 'https://93.184.216.34/'])(
    '%s will do',
    (url) => {
      expect(() => {
        demandGoodTarget(inProduction)(url);
      }).not.toThrow();
    },
  );

  test.each(['', 'hooks.example', 'ftp://hooks.example', 'file:///etc/passwd', 'javascript:alert(1)'])(
    '%s is none',
    (url) => {
      refuses(url);
      expect(faultOfTarget(url, { plainHttp: true })).toBeDefined();
    },
  );

  test('has to be https, except where one tries things out', () => {
    refuses('http://hooks.example/');
    expect(faultOfTarget('http://hooks.example/', { plainHttp: true })).toBeUndefined();
  });

  test.each(['https://user:secret@hooks.example/', 'https://hooks.example/#part'])(
    '%s says too much',
    (url) => {
      refuses(url);
    },
  );

  test.each([
    'https://127.0.0.1/',
    'https://2130706433/',
    'https://0x7f.1/',
    'https://10.1.2.3/',
    'https://172.16.0.1/',
    'https://192.168.1.1/',
    'https://169.254.169.254/latest/meta-data',
    'https://100.64.0.1/',
    'https://0.0.0.0/',
    'https://[::1]/',
    'https://[::]/',
    'https://[fe80::1]/',
    'https://[fd00::1]/',
    'https://[::ffff:127.0.0.1]/',
    'https://[::ffff:10.0.0.1]/',
    'https://[64:ff9b::7f00:1]/',
    'https://224.0.0.1/',
    'https://255.255.255.255/',
  ])('%s is inside, and refused', (url) => {
    refuses(url);
  });

  test('may be inside where the operator allows it, and only there', () => {
    const rules = { plainHttp: true, allowedAddresses: ['10.0.0.0/8', '::1/128'] };
    for (const url of ['http://10.1.2.3/', 'http://[::1]/']) demandGoodTarget(rules)(url);
    refuses('http://127.0.0.1/', rules);
  });
});
