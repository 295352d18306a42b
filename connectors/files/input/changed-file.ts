import { ConnectorError } from '../../../core/errors.ts';

const code = 'ML_FILE_CHANGED';

/** The file is not, or no longer, the one that was read. */
export function changedFile(where: string, what: string): ConnectorError {
  return new ConnectorError(where, what, { retryable: false, code });
}

export function isChanged(cause: unknown): boolean {
  return cause instanceof ConnectorError && cause.code === code;
}
