import { describe, expect, test } from '@jest/globals';
import { tenantNames } from '../tenant-names.ts';

const ID = '01989f6e-6c3a-7cc1-9d57-0f3b8f8f7c1e';
const named = (naming: Partial<Parameters<typeof tenantNames>[0]>) =>
  tenantNames({
    tokenTenantId: undefined,
    tenantIdHeader: undefined,
    subdomainHeader: undefined,
    hostname: undefined,
    appDomain: 'clinics.test',
    ...naming,
  });

describe('the names that a request gives its tenant', () => {
  test('come in the order token, id, subdomain, host', () => {
    const all = { tokenTenantId: ID, tenantIdHeader: 'x', subdomainHeader: 'a', hostname: 'b.clinics.test' };
    expect(named(all)).toEqual([
      { by: 'id', id: ID },
      { by: 'id', id: 'x' },
      { by: 'subdomain', subdomain: 'a' },
      { by: 'subdomain', subdomain: 'b' },
    ]);
  });

  test('are read in any case and without blanks; an empty one is none', () => {
    expect(named({ tenantIdHeader: ` ${ID.toUpperCase()} `, subdomainHeader: ' ' })).toEqual([
      { by: 'id', id: ID },
    ]);
    expect(named({ hostname: 'Sunrise.CLINICS.test.' })).toEqual([{ by: 'subdomain', subdomain: 'sunrise' }]);
  });

  test.each(['clinics.test', 'localhost', '127.0.0.1', '[::1]', '::1', 'api', 'www.clinics.test', ''])(
    'are none for the host %p',
    (hostname) => {
      expect(named({ hostname })).toEqual([]);
    },
  );

  test.each(['sunrise.example.org', 'notclinics.test', 'deep.sunrise.clinics.test'])(
    'may be a custom domain for the host %p',
    (hostname) => {
      expect(named({ hostname })).toEqual([{ by: 'hostname', hostname }]);
    },
  );

  test('are subdomains of localhost where that is the domain of the installation', () => {
    expect(named({ appDomain: 'localhost', hostname: 'sunrise.localhost' })).toEqual([
      { by: 'subdomain', subdomain: 'sunrise' },
    ]);
  });
});
