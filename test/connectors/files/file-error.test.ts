import { describe, expect, it } from 'vitest';
import { fileError } from '../../../connectors/files/file-error.ts';
import { ConnectorError } from '../../../core/errors.ts';

describe('an error of a file', () => {
  it.each([
    ['EMFILE', true],
    ['EAGAIN', true],
    ['EBUSY', true],
    ['EACCES', false],
    ['ENOSPC', true],
    ['EROFS', false],
  ])('with %s is retryable: %s', (code, retryable) => {
    const cause = Object.assign(new Error(code), { code });
    const error = fileError('fromFile', 'read', 'x.csv', cause);
    expect(error).toMatchObject({ code: 'ML_CONNECTOR', retryable, cause });
    expect(error.message).toBe(`fromFile: cannot read "x.csv": ${code}`);
  });

  it('stays what it is where it is told already, and keeps what another of ours says', () => {
    const told = new ConnectorError('fromFile', 'it is cut', { retryable: false });
    expect(fileError('fromFile', 'read', 'x.csv', told)).toBe(told);
    const other = new ConnectorError('store', 'it is busy', { retryable: true });
    expect(fileError('toFile', 'open', 'x.csv', other)).toMatchObject({ retryable: true, cause: other });
    expect(fileError('toFile', 'open', 'x.csv', 'odd').message).toBe('toFile: cannot open "x.csv": odd');
  });
});
