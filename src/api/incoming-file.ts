import busboy from 'busboy';
import type { Request } from 'express';
import type { IncomingFile } from '../shared/types/file.ts';
import { AppError, commonProblems, invalid } from '../shared/utils/errors.ts';

const FIELD = 'file';

const readerFor = (req: Request) => {
  try {
    return busboy({ headers: req.headers, defParamCharset: 'utf8', limits: { files: 1 } });
  } catch (error) {
    throw new AppError(commonProblems.unsupported_media_type, 'Send multipart/form-data with a boundary.', {
      cause: error,
    });
  }
};

const brokenOff = () => invalid(`/${FIELD}`, 'could not be read to its end');

async function* whole(content: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  try {
    yield* content;
  } catch {
    throw brokenOff();
  }
}

/**
 * The file of a `multipart/form-data` body, in the field `file`, as soon as it begins. 415 for another kind of body, 422
 * for one without that field or with another before it.
 */
export const receiveFile = async (req: Request): Promise<IncomingFile> => {
  if (!req.is('multipart/form-data'))
    throw new AppError(
      commonProblems.unsupported_media_type,
      'Send multipart/form-data with a field "file".',
    );
  const reader = readerFor(req);
  const received = new Promise<IncomingFile>((resolve, reject) => {
    const refuse = (pointer: string, detail: string) => {
      reject(invalid(pointer, detail));
    };
    reader.on('file', (field, content, { filename }) => {
      // Whoever reads the file hears of its failure; nobody may.
      content.on('error', () => undefined);
      if (field === FIELD) resolve({ name: filename ?? '', content: whole(content) });
      else refuse(`/${field}`, 'is not a known field');
    });
    reader.on('field', (field) => {
      refuse(`/${field}`, 'is not a known field');
    });
    reader.on('error', () => {
      reject(brokenOff());
    });
    reader.on('close', () => {
      refuse(`/${FIELD}`, 'must be a file');
    });
    req.on('aborted', () => {
      reader.destroy(new Error('The request was cut off'));
    });
  });
  req.pipe(reader);
  return received;
};

/** Lets go of what has not been read, so that the answer can be sent and the connection used again. */
export const ignoreRest = (req: Request): void => {
  req.unpipe();
  req.resume();
};
