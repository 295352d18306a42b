import { ConnectorError } from '../../../core/errors.ts';

export function fileExists(path: string, cause?: unknown): ConnectorError {
  const what = `"${path}" is there already; \`mode\` can be \`append\` or \`overwrite\``;
  return new ConnectorError('toFile', what, { cause, retryable: false, code: 'ML_FILE_EXISTS' });
}
