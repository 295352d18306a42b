import { ConnectorError } from '../../core/errors.ts';

/**
 * What may pass without anybody changing the program: too many files are open, somebody else is busy with this one, there
 * is no room at the moment.
 */
const passing = ['EAGAIN', 'EBUSY', 'EDQUOT', 'EINTR', 'EMFILE', 'ENFILE', 'ENOSPC', 'ETIMEDOUT', 'ETXTBSY'];

/** An error of Node's about a file, as ours; one that is ours already stays what it is. */
export function fileError(where: string, doing: string, path: string, cause: unknown): ConnectorError {
  if (cause instanceof ConnectorError && cause.message.startsWith(`${where}: `)) return cause;
  const code = codeOf(cause);
  if (code === 'ENOENT') {
    // Whoever reads misses the file; whoever writes would make it, and misses its folder.
    const missing = doing === 'read' ? `file "${path}"` : `folder for "${path}"`;
    return new ConnectorError(where, `there is no ${missing}`, {
      cause,
      retryable: false,
      code: 'ML_FILE_NOT_FOUND',
    });
  }
  const ours = cause instanceof ConnectorError;
  const why = ours ? cause.message : (code ?? String(cause));
  const retryable = ours ? cause.retryable : code !== undefined && passing.includes(code);
  return new ConnectorError(where, `cannot ${doing} "${path}": ${why}`, { cause, retryable });
}

export function codeOf(cause: unknown): string | undefined {
  if (!(cause instanceof Error && 'code' in cause)) return undefined;
  return typeof cause.code === 'string' ? cause.code : undefined;
}
