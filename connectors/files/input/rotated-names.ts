import { withoutPacking } from './compression.ts';

/** What a rotation puts behind a name: a number, a date, or a word for what is old. */
const stamp = /^(?:\d[\d.:_T+-]*Z?|old|bak)$/;
/** In front of the extension a small number may as well belong to another log: only behind a dot it does not. */
const stampInside = /^(?:\.\d{1,5}|[._-]{1,2}\d(?:[.:_T+-]*\d){5,}Z?)$/;

/** The names of which this may be what a rotation has made: `app.log` of `app.log.2.gz` and of `app-20241129.log`. */
export function originalsOf(name: string): readonly string[] {
  const plain = withoutPacking(name);
  const extension = /\.[^.\d][^.]*$/.exec(plain)?.[0] ?? '';
  const stem = plain.slice(0, plain.length - extension.length);
  const originals = plain === name ? [] : [plain];
  for (let at = 1; at < plain.length; at++) {
    if (stamp.test(plain.slice(at).replace(/^[._-]{1,2}/, '')) && /[._-]/.test(plain[at] as string)) {
      originals.push(plain.slice(0, at));
    }
    if (extension !== '' && stampInside.test(stem.slice(at))) originals.push(stem.slice(0, at) + extension);
  }
  return originals;
}
