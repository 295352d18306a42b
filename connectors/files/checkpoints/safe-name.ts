import { createHash } from 'node:crypto';

const longest = 150;

/**
 * A name as a file may have it on any system, two never the same: small letters, digits, `-`, `_` and `.` stay, every
 * other byte is `%` and its hexadecimal number. Capitals are other bytes, for some systems take them for small ones.
 */
export function safeName(name: string): string {
  const safe = [...Buffer.from(name, 'utf8')]
    .map((byte, index) => {
      const character = String.fromCharCode(byte);
      const stays = index === 0 ? /[a-z0-9_-]/ : /[a-z0-9._-]/;
      return stays.test(character) ? character : `%${byte.toString(16).padStart(2, '0')}`;
    })
    .join('');
  if (safe.length <= longest) return safe;
  return `${safe.slice(0, longest)}~${createHash('sha256').update(name).digest('hex').slice(0, 16)}`;
}
