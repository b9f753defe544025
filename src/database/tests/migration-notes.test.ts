import { describe, expect, test } from '@jest/globals';
import { parseMigrations } from '../migration-notes.ts';

describe('parseMigrations', () => {
  const text = `-- About the whole file.

-- People who wait.
-- Oldest first.
CREATE TABLE waiting (
  id BINARY(16) NOT NULL,
  -- Lower is sooner.
  place INT NOT NULL,
  first INT GENERATED ALWAYS AS (if(place = 1, 1, NULL)) VIRTUAL,
  CONSTRAINT ck_place CHECK (
    place > 0 AND (place < 100)
  )
);

ALTER TABLE waiting
  -- Who let them in.
  ADD COLUMN admitted_by BINARY(16) NULL;
`;
  const notes = parseMigrations([{ name: '0001_waiting.sql', text }]);

  test('gives a comment to the table or the column below it, and to nothing behind an empty line', () => {
    expect(Object.fromEntries(notes.tables)).toEqual({ waiting: 'People who wait. Oldest first.' });
    expect(Object.fromEntries(notes.columns)).toEqual({
      'waiting.place': 'Lower is sooner.',
      'waiting.admitted_by': 'Who let them in.',
    });
  });

  test('reads checks and generated columns as they were written', () => {
    expect(Object.fromEntries(notes.expressions)).toEqual({
      ck_place: 'place > 0 AND (place < 100)',
      'waiting.first': 'if(place = 1, 1, NULL)',
    });
  });
});
