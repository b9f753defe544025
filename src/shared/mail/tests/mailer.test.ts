import { createServer } from 'node:net';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { simpleParser } from 'mailparser';
import { parseConfig } from '../../config/config.ts';
import { systemClock } from '../../utils/clock.ts';
import { createLogger } from '../../utils/logger.ts';
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
  let log = '';
  const config = parseConfig({ SMTP_URL, MAIL_FROM: 'Clinics <clinics@example.org>' });
  const mailer = createMailer(config, createLogger(config, { write: (line) => (log += line) }));
  closes.push(mailer.close);
  return { send: mailer.send, log: () => log };
};

describe('by SMTP', () => {
  test('a mail arrives with sender, text, HTML and attachments, after logging in', async () => {
    const { port, received } = await aMailServer();
    const { send } = aMailer(`smtp://${LOGIN}@127.0.0.1:${port}`);
    const attachments = [{ filename: 'visit.ics', content: 'BEGIN:VCALENDAR', contentType: 'text/calendar' }];
    await send({ ...mail, html: '<p>Hello</p>', attachments });
    const [parsed] = received;
    expect(parsed).toMatchObject({ subject: 'Grüße', from: { text: '"Clinics" <clinics@example.org>' } });
    expect(parsed?.text?.trim()).toBe(mail.text);
    expect(parsed?.html).toContain('<p>Hello</p>');
    expect(parsed?.attachments.map(({ filename }) => filename)).toEqual(['visit.ics']);
  });

  test('a server that is away, or refuses for the moment, is worth another try: it rejects', async () => {
    const away = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => away.once('listening', resolve));
    const { port } = away.address() as { port: number };
    await new Promise((resolve) => away.close(resolve));
    await expect(aMailer(`smtp://127.0.0.1:${port}`).send(mail)).rejects.toThrow();
    const busy = await aMailServer(451);
    await expect(aMailer(`smtp://${LOGIN}@127.0.0.1:${busy.port}`).send(mail)).rejects.toThrow();
    const strict = await aMailServer();
    await expect(aMailer(`smtp://clinic:wrong@127.0.0.1:${strict.port}`).send(mail)).rejects.toThrow();
  });

  test('a refusal for good is logged without the address, and not tried again', async () => {
    const { port } = await aMailServer(550);
    const { send, log } = aMailer(`smtp://${LOGIN}@127.0.0.1:${port}`);
    await send(mail);
    expect(log()).toContain('"status":550');
    expect(log()).not.toContain(mail.to);
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
  const config = parseConfig({});
  const { send } = createMailer(config, createLogger({ ...config, logLevel: 'silent' }), folder);
  await send(mail);
  await send({ ...mail, subject: 'Second' });
  const [second, first] = await folder.list();
  expect([second?.subject, first?.subject]).toEqual(['Second', 'Grüße']);
  expect(await folder.read(first?.id ?? '')).toMatchObject(mail);
  for (const id of ['../../etc/passwd', 'none', '']) expect(await folder.read(id)).toBeUndefined();
  const [file = ''] = (await readdir(path)).filter((name) => name.endsWith('.eml')).sort();
  expect((await simpleParser(await readFile(join(path, file)))).subject).toBe('Grüße');
});

test('in production without a mail server, a mail is not sent, and the log says so', async () => {
  const secrets = {
    JWT_ACCESS_SECRET: 'a'.repeat(32),
    JWT_REFRESH_SECRET: 'b'.repeat(32),
    MASTER_KEY: Buffer.alloc(32, 7).toString('base64'),
  };
  let log = '';
  const config = parseConfig({ NODE_ENV: 'production', ...secrets });
  await createMailer(config, createLogger(config, { write: (line) => (log += line) })).send(mail);
  expect(log).toContain('SMTP_URL');
  expect(log).not.toContain(mail.to);
});
