// The two rules of .oxlintrc.json that oxlint does not have. test/package/lint-rules.test.ts shows that they fire.
import { dirname, relative, resolve, sep } from 'node:path';

/**
 * What each part of the library may import: files of which parts, types of which parts, packages by how they begin.
 *
 * @type {Record<string, { parts: string[], types?: string[], packages: RegExp, rxjsOnlyIn?: string }>}
 */
const directions = {
  core: { parts: ['core'], packages: /^$/ },
  operators: { parts: ['core', 'operators'], packages: /^rxjs$/, rxjsOnlyIn: 'operators/operator.ts' },
  connectors: { parts: ['core', 'connectors'], packages: /^(?!millrace|#)/, rxjsOnlyIn: 'observable.ts' },
  src: {
    parts: ['core', 'operators', 'src'],
    types: ['connectors'],
    packages: /^(rxjs(\/testing)?$|node:|#engine-text$)/,
  },
};

/**
 * @param {string} file path from the root of the repository
 * @param {string} target what the import says
 * @param {boolean} typeOnly
 * @returns {string | undefined} what is wrong with it
 */
function fault(file, target, typeOnly) {
  if (target.startsWith('rxjs/internal')) return 'rxjs/internal is private to RxJS';
  const part = file.slice(0, file.indexOf('/'));
  const direction = directions[part];
  if (direction === undefined) return undefined;
  if (!target.startsWith('.')) {
    if (!direction.packages.test(target)) return `${part}/ must not import the package "${target}"`;
    const { rxjsOnlyIn } = direction;
    const misplaced = /^rxjs\b/.test(target) && rxjsOnlyIn !== undefined && !`/${file}`.endsWith(`/${rxjsOnlyIn}`);
    return misplaced ? `in ${part}/ only ${rxjsOnlyIn} may import rxjs` : undefined;
  }
  const other = resolve('/', dirname(file), target).slice(1).split('/')[0] ?? '';
  if (direction.parts.includes(other)) return undefined;
  if (!direction.types?.includes(other)) return `${part}/ must not import from ${other}/`;
  return typeOnly ? undefined : `${part}/ may import nothing but types from ${other}/: write \`import type\``;
}

/** @type {any} */
const importDirection = {
  create(/** @type {any} */ context) {
    const file = relative(context.cwd, context.filename).split(sep).join('/');
    const check = (/** @type {any} */ source, /** @type {boolean} */ typeOnly) => {
      const message = typeof source?.value === 'string' ? fault(file, source.value, typeOnly) : undefined;
      if (message !== undefined) context.report({ node: source, message });
    };
    return {
      ImportDeclaration: (/** @type {any} */ node) => check(node.source, node.importKind === 'type'),
      ExportNamedDeclaration: (/** @type {any} */ node) => check(node.source, node.exportKind === 'type'),
      ExportAllDeclaration: (/** @type {any} */ node) => check(node.source, node.exportKind === 'type'),
      ImportExpression: (/** @type {any} */ node) => check(node.source, false),
      TSImportType: (/** @type {any} */ node) => check(node.source, true),
    };
  },
};

/** @type {any} */
const noPresentDate = {
  create(/** @type {any} */ context) {
    const check = (/** @type {any} */ node) => {
      if (node.callee.type === 'Identifier' && node.callee.name === 'Date' && node.arguments.length === 0) {
        context.report({ node, message: 'the time comes from the clock that the processor is given' });
      }
    };
    return { NewExpression: check, CallExpression: check };
  },
};

export default {
  meta: { name: 'millrace' },
  rules: { 'import-direction': importDirection, 'no-present-date': noPresentDate },
};
