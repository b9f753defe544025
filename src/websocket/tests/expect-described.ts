import { expect } from '@jest/globals';
import { messageSchema, type MessageName } from '../message-catalogue.ts';

/** Fails where a message lacks what the catalogue says, and where it has more. */
export const expectDescribed = (message: { readonly type: string }): void => {
  expect(message).toEqual(messageSchema(message.type as MessageName).parse(message));
};
