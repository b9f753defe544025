import { createServer } from 'node:net';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { simpleParser } from 'mailparser';
import { parseConfig } from '../../config/config.ts';
import { systemClock } from '../../utils/clock.ts';
import { createMailFolder } from '../mail-folder.ts';
import { createMailer } from '../mailer.ts';
import { LOGIN, startMailServer } from './mail-server.ts';

const closes: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closes.splice(0).reverse()) await close();
});

const mail = { to: 'ada@example.org', subject: 'Grüße', text: 'Hello Ada,\n\nhttps://example.org/#token=x' };

const aMailServer = async (refusal?: number) => {
  const server = await startMailServer(refusal === undefined ? {} : { refusal });
  closes.push(server.close);
  return server;
};

const aMailer = (SMTP_URL: string) => {
  const mailer = createMailer(parseConfig({ SMTP_URL, MAIL_FROM: 'Clinics <clinics@example.org>' }));
  if (!mailer) throw new Error('There is no mailer');
  return mailer;
};

describe('by SMTP', () => {
  test('a mail arrives with sender, text, HTML and invitation, after logging in', async () => {
    const { port, received } = await aMailServer();
    const { send } = aMailer(`smtp://${LOGIN}@127.0.0.1:${port}`);
    const calendar = { method: 'REQUEST', text: 'BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n' };
    await send({ ...mail, html: '<p>Hello</p>', calendar, messageId: '<one@example.org>' });
    const [parsed] = received;
    expect(parsed).toMatchObject({ subject: 'Grüße', from: { text: '"Clinics" <clinics@example.org>' } });
    expect(parsed?.messageId).toBe('<one@example.org>');
    expect(parsed?.text?.trim()).toBe(mail.text);
    expect(parsed?.html).toContain('<p>Hello</p>');
    expect(parsed?.attachments.map(({ filename }) => filename)).toContain('invite.ics');
  });

  test('a mail whose hand-over is forbidden at the last moment is not taken', async () => {
    const { port, received } = await aMailServer();
    const { send } = aMailer(`smtp://${LOGIN}@127.0.0.1:${port}`);
    await expect(send(mail, () => Promise.reject(new Error('taken over')))).rejects.toThrow('taken over');
    await send({ ...mail, subject: 'Second' });
    expect(received.map(({ subject }) => subject)).toEqual(['Second']);
  });

  test('a server that is away, or refuses for the moment, is worth another try: it rejects', async () => {
    const away = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => away.once('listening', resolve));
    const { port } = away.address() as { port: number };
    await new Promise((resolve) => away.close(resolve));
    await expect(aMailer(`smtp://127.0.0.1:${port}`).send(mail)).rejects.toMatchObject({ fate: 'later' });
    const busy = await aMailServer(451);
    await expect(aMailer(`smtp://${LOGIN}@127.0.0.1:${busy.port}`).send(mail)).rejects.toMatchObject({
      fate: 'later',
    });
    const strict = await aMailServer();
    await expect(aMailer(`smtp://clinic:wrong@127.0.0.1:${strict.port}`).send(mail)).rejects.toMatchObject({
      fate: 'later',
    });
  });

  test('a refusal for good is told apart from one for the moment', async () => {
    const { port } = await aMailServer(550);
    const { send } = aMailer(`smtp://${LOGIN}@127.0.0.1:${port}`);
    await expect(send(mail)).rejects.toMatchObject({ fate: 'refused', problem: 'refused' });
  });

  test('nobody puts a header of their own into a mail', async () => {
    const { port, received } = await aMailServer();
    const { send } = aMailer(`smtp://${LOGIN}@127.0.0.1:${port}`);
    await send({ ...mail, subject: 'Hello\r\nBcc: eve@example.org' });
    expect(received[0]?.bcc).toBeUndefined();
    expect(received[0]?.headers.has('bcc')).toBe(false);
  });
});

test('without a mail server, mails are files that any mail program opens', async () => {
  const path = await mkdtemp(join(tmpdir(), 'mail-'));
  closes.push(() => rm(path, { recursive: true }));
  const folder = createMailFolder(path, systemClock);
  const mailer = createMailer(parseConfig({}), folder);
  await mailer?.send(mail);
  await mailer?.send({ ...mail, subject: 'Second' });
  const [second, first] = await folder.list();
  expect([second?.subject, first?.subject]).toEqual(['Second', 'Grüße']);
  expect(await folder.read(first?.id ?? '')).toMatchObject(mail);
  for (const id of ['../../etc/passwd', 'none', '']) expect(await folder.read(id)).toBeUndefined();
  const [file = ''] = (await readdir(path)).filter((name) => name.endsWith('.eml')).sort();
  expect((await simpleParser(await readFile(join(path, file)))).subject).toBe('Grüße');
});

test('without a server and without a folder there is no mailer', () => {
  expect(createMailer(parseConfig({}))).toBeUndefined();
});
