import type { Accumulators } from '../../core/accumulators.ts';
import { compile } from '../../core/compile.ts';
import type { AggregateInput } from './aggregate-inputs.ts';
import { noNumber } from './plain-reader.ts';
import type { RecordReader } from './record-reader.ts';

/**
 * Written out for these inputs: every field is read where nothing else is, and each `add` called from a place of its own,
 * so that the compiler knows both, whatever other windows there are. A number stays a number on its way into the cell.
 */
export function compiledReader(inputs: readonly AggregateInput[]): RecordReader {
  const accumulators = inputs.flatMap((input) => input.accumulators);
  const scope = ['noNumber', ...accumulators.map((_, index) => `a${index}`)];
  const fields = inputs.flatMap(({ field }, index) => (field === undefined ? [] : [index]));
  // By their names, for other aggregates of the same fields to have another text.
  const text = `// ${accumulators.map((each) => each.constructor.name).join()}
    ${fields.map((index) => `let p${index};`).join(' ')}
    const refusal = (value) => {
      if (value === null || value === undefined) {
        ${fields.map((index) => `p${index} = undefined;`).join(' ')}
        return undefined;
      }
      ${fields.map((index) => readText(index, inputs[index] as AggregateInput, (refusal) => `return ${refusal};`)).join('\n')}
      ${fields.map((index) => `p${index} = q${index};`).join(' ')}
      return undefined;
    };
    const add = (cell, value, timestamp) => {
      ${addText(inputs, 'p')}
    };
    const place = (placer, cell, value, timestamp, key) => {
      const refused = refusal(value);
      if (refused !== undefined) {
        placer.refuse(value, timestamp, refused);
        return;
      }
      const placed = cell < 0 ? placer.place(value, timestamp, key) : cell;
      if (placed < 0) return;
      placer.counts.absorbed++;
      add(placed, value, timestamp);
    };
    const take = (placer, cell, value, timestamp, key) => {
      if (cell < 0 || value === null || value === undefined) {
        place(placer, cell, value, timestamp, key);
        return;
      }
      ${fields.map((index) => readText(index, inputs[index] as AggregateInput, (refusal) => `placer.refuse(value, timestamp, ${refusal}); return;`)).join('\n')}
      placer.counts.absorbed++;
      ${addText(inputs, 'q')}
    };
    return { refusal, add, take };`;
  return compile<RecordReader>(scope, text)(noNumber, ...accumulators);
}

/** `refused`: what is done with a refusal. */
function readText(index: number, { field, numeric }: AggregateInput, refused: (refusal: string) => string): string {
  const name = JSON.stringify(field);
  const read = `const q${index} = value[${name}];`;
  if (!numeric) return read;
  const isOther = `typeof q${index} !== 'number' && q${index} !== null && q${index} !== undefined`;
  return `${read} if (${isOther}) { ${refused(`noNumber(${name}, q${index})`)} }`;
}

/** `from`: of which variables the fields are. */
function addText(inputs: readonly AggregateInput[], from: 'p' | 'q'): string {
  let count = 0;
  return inputs
    .map(({ field, numeric, accumulators }, index) => {
      const part = field === undefined ? 'value' : `${from}${index}`;
      const adds = accumulators.map((each: Accumulators) => {
        // Most take no time, and a number that is not handed on need not be made an object.
        const time = each.add.length > 2 ? ', timestamp' : '';
        return `a${count++}.add(cell, ${part}${time});`;
      });
      // NaN differs from itself: missing as well.
      if (field === undefined || adds.length === 0) return adds.join(' ');
      const isThere = numeric ? `typeof ${part} === 'number'` : `${part} !== null && ${part} !== undefined`;
      return `if (${isThere} && ${part} === ${part}) { ${adds.join(' ')} }`;
    })
    .join('\n');
}
