import { describe, expect, test } from '@jest/globals';
import { parseEnv, readEnvFile, withEnvFile } from '../servers/env-file.mjs';

describe('a .env file', () => {
  test('gives names and values, whatever surrounds them', () => {
    const text = '\uFEFFA=1\r\n  B = two words  \nexport C=3\n\n# D=4\nnot a setting\nE=\n';
    expect(parseEnv(text)).toEqual({ A: '1', B: 'two words', C: '3', E: '' });
  });

  test('keeps what is quoted', () => {
    const text = `A='a # b \\n'\nB="a # \\"b\\"\\nc" # note\nC="x\ny"\nD=after`;
    expect(parseEnv(text)).toEqual({ A: 'a # b \\n', B: 'a # "b"\nc', C: 'x\ny', D: 'after' });
  });

  test('ends a bare value at a comment, not at a # inside it', () => {
    expect(parseEnv('A=pass#word # secret\nB=# empty\nC=a=b')).toEqual({ A: 'pass#word', B: '', C: 'a=b' });
  });

  test('takes an unclosed quote as it stands', () => {
    expect(parseEnv('A="open\nB=2')).toEqual({ A: '"open', B: '2' });
  });

  test('never overrides the environment', () => {
    expect(withEnvFile({ A: 'outside', EMPTY: '' }, { A: 'file', B: 'file', EMPTY: 'file' })).toEqual({
      A: 'outside',
      B: 'file',
      EMPTY: '',
    });
  });

  test('may be missing', () => {
    expect(readEnvFile('/nonexistent/.env')).toEqual({});
  });
});
