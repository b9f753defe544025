import { describe, expect, test } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import { newSecret, signatureHeaders } from '../signature.ts';

const body = '{"type":"appointment.booked"}';
const message = () => ({ id: 'msg-1', timestamp: new Date(), body });

describe('signatures', () => {
  test('are those of the Standard Webhooks specification, as its own library reads them', () => {
    const secret = newSecret();
    const headers = signatureHeaders([secret], message());
    expect(new Webhook(secret).verify(body, headers)).toEqual(JSON.parse(body));
    expect(() => new Webhook(secret).verify(`${body} `, headers)).toThrow();
    expect(() => new Webhook(newSecret()).verify(body, headers)).toThrow();
  });

  test('of two secrets are each enough', () => {
    const [current, previous] = [newSecret(), newSecret()];
    const headers = signatureHeaders([current, previous], message());
    for (const secret of [current, previous]) {
      expect(new Webhook(secret).verify(body, headers)).toEqual(JSON.parse(body));
    }
  });
});

test('a secret is new each time, and long enough', () => {
  const [a, b] = [newSecret(), newSecret()];
  expect(a).not.toBe(b);
  expect(Buffer.from(a.slice('whsec_'.length), 'base64')).toHaveLength(32);
});
