import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventCatalogue, problems } from '../../composition/catalogues.ts';
import { PublicEvent } from '../../domains/webhooks/index.ts';
import { realtimeChannel } from '../../websocket/channel.ts';
import { eventPages } from '../event-pages.ts';
import { serveFakeApi } from './fake-api.ts';

const docs = {
  ...{ appName: 'T & Co', version: '1.2.3' },
  ...{ catalogue: eventCatalogue, envelope: PublicEvent, channel: realtimeChannel, problems },
};
let api: Awaited<ReturnType<typeof serveFakeApi>>;
beforeAll(async () => {
  api = await serveFakeApi({ pages: [eventPages({ ...docs, enabled: true })] });
});
afterAll(() => api.close());

describe('GET /docs/events', () => {
  test('shows browsers every event, every message and every command with an example', async () => {
    const response = await fetch(`${api.url}/docs/events`, { headers: { Accept: 'text/html' } });
    expect(response.headers.get('Content-Security-Policy')).toContain("default-src 'none'");
    const html = await response.text();
    const { handshake, messages, commands } = realtimeChannel;
    const ids = [
      ...Object.keys(eventCatalogue),
      ...messages.map(({ name }) => `message-${name}`),
      ...commands.map(({ name }) => `command-${name}`),
    ];
    expect(ids.filter((id) => !html.includes(` id="${id}"`))).toEqual([]);
    const linked = handshake.codes.filter((code) => html.includes(`href="/problems/${code}"`));
    expect(linked).toEqual(handshake.codes);
    expect(html).toContain('<title>Events of T &amp; Co</title>');
    expect(html).toContain('&quot;kind&quot;: &quot;waitlist_offer&quot;');
    expect(html).not.toMatch(/<script|<style|style=|\son\w+=/);
  });

  test.each(['/docs/events', '/docs/events.json'])('%s is AsyncAPI for programs', async (path) => {
    const response = await fetch(api.url + path, { headers: { Accept: 'application/json' } });
    expect(await response.json()).toMatchObject({
      asyncapi: '3.0.0',
      channels: { socket: { address: '/socket.io' } },
    });
  });

  test('is not there when it is switched off', async () => {
    const without = await serveFakeApi({ pages: [eventPages({ ...docs, enabled: false })] });
    expect((await fetch(`${without.url}/docs/events`)).status).toBe(404);
    await without.close();
  });
});
