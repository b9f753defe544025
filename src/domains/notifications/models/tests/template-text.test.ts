import { describe, expect, test } from '@jest/globals';
import { builtInNames, builtInText, keyOf } from '../template.ts';
import { exampleFacts } from '../example-facts.ts';
import { bodyVariables, writeMessage } from '../message.ts';
import { fill, TemplateError } from '../template-text.ts';

const words = { clinic: 'Sunrise', place: '', firstName: '{{clinic}}' };

describe('a template', () => {
  test('shows values, and parts only where there is a value or none', () => {
    const text = 'At {{clinic}}{{#place}} in {{place}}{{/place}}{{^place}}, you know where{{/place}}';
    expect(fill(text, words)).toBe('At Sunrise, you know where');
    expect(fill(text, { ...words, place: 'Berlin' })).toBe('At Sunrise in Berlin');
  });

  test('does not read a value as a template', () => {
    expect(fill('{{firstName}}', words)).toBe('{{clinic}}');
  });

  test.each([
    '{{constructor}}',
    '{{clinic.constructor}}',
    '{{__proto__}}',
    '{{clinic.length}}',
    '{{process}}',
    '{{globalThis.process.env}}',
    '{{toString}}',
    '{{hasOwnProperty}}',
    '{{.}}',
    '{{#constructor}}{{.}}{{/constructor}}',
    '{{#clinic}}{{constructor.constructor}}{{/clinic}}',
    '{{#place}}{{process}}{{/place}}',
    '<%= process.env %>{{unknown}}',
    '{{> clinic}}',
    '{{=<% %>=}}<% clinic %>',
    '{{& clinic}}',
    '{{{clinic}}}',
    '{{#clinic}}',
    '{{/clinic}}',
    '{{clinic',
  ])('%s reaches nothing: it is refused', (text) => {
    expect(() => fill(text, words)).toThrow(TemplateError);
  });

  test('is text where it looks like code', () => {
    expect(fill('<%= process.exit() %> ${process.env} {% for %}', words)).toBe(
      '<%= process.exit() %> ${process.env} {% for %}',
    );
  });

  test('ends, and does not grow without bound', () => {
    const large = { clinic: 'x'.repeat(1_000) };
    expect(() => fill('{{clinic}}'.repeat(1_000), large)).toThrow(/too long/);
    const deep = `${'{{#clinic}}'.repeat(1_000)}${'{{/clinic}}'.repeat(1_000)}`;
    expect(() => fill(deep, large)).toThrow(/nested too deeply/);
  });
});

describe('the product’s own words', () => {
  const facts = exampleFacts('en');

  test.each(builtInNames.map((name) => ({ key: keyOf(name), ...name })))('$key can be written', (name) => {
    const text = builtInText(name);
    if (!text) throw new Error('There are none');
    const look = { clinic: facts.clinic, color: null, language: name.language };
    const { title, text: body } = writeMessage({ ...name, look }, text, facts);
    expect(`${title}${body}`).not.toContain('{{');
    expect(body.length).toBeGreaterThan(10);
  });

  test.each(['sms', 'push'] as const)('%s knows neither the service nor a name of the patient', (channel) => {
    const known = builtInNames.filter((name) => name.channel === channel);
    expect(known.length).toBeGreaterThan(0);
    for (const { kind } of known) {
      expect(bodyVariables(kind, channel)).not.toEqual(expect.arrayContaining(['service']));
      expect(bodyVariables(kind, channel)).not.toEqual(expect.arrayContaining(['firstName']));
    }
  });

  test('the HTML of a mail holds values as text, and a line with an address as a button', () => {
    const look = { clinic: 'A & B', color: '#336699', language: 'en' };
    const words_ = { title: 't', body: 'Hello {{firstName}}\n\nCome: {{confirmUrl}}' };
    const foreign = { ...facts, firstName: '<script>alert(1)</script>', confirmUrl: 'https://a.example/"x' };
    const reminder = { kind: 'appointment_reminder', channel: 'email', look } as const;
    const { html } = writeMessage(reminder, words_, foreign);
    expect(html).toContain('Hello &lt;script&gt;');
    expect(html).not.toContain('<script>');
    expect(html).toMatch(/<a href="https:\/\/a\.example\/&quot;x" style="[^"]*">Come<\/a>/);
  });
});
