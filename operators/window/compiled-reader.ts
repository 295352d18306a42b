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
  const numbers = fields.filter((index) => inputs[index]?.numeric === true);
  const parts = fields.map((index) => `, q${index}`).join('');
  // By their names, for other aggregates of the same fields to have another text.
  const text = `// ${accumulators.map((each) => each.constructor.name).join()}
    ${fields.map((index) => `let p${index};`).join(' ')}
    const refusal = (value) => {
      ${fields.map((index) => `let q${index};`).join(' ')}
      if (value !== null && value !== undefined) {
        ${fields.map((index) => readText(index, inputs[index] as AggregateInput)).join(' ')}
        ${numbers.map((index) => `if (${noNumberText(index)}) return ${refusalText(index, inputs)};`).join('\n')}
      }
      ${fields.map((index) => `p${index} = q${index};`).join(' ')}
      return undefined;
    };
    const add = (cell, value, timestamp) => {
      ${addText(inputs, 'p')}
    };
    const takeOther = (taker, cell, value${parts}) => {
      const { timestamp } = taker;
      ${numbers
        .map(
          (index) =>
            `if (${noNumberText(index)}) return taker.refuse(value, timestamp, ${refusalText(index, inputs)});`,
        )
        .join('\n')}
      taker.counts.absorbed++;
      ${addText(inputs, 'q')}
    };
    const take = (taker, cell, value, timestamp) => {
      if (value !== null && value !== undefined) {
        ${fields.map((index) => `const ${readText(index, inputs[index] as AggregateInput)}`).join(' ')}
        if (${['true', ...numbers.map((index) => `typeof q${index} === 'number'`)].join(' && ')}) {
          taker.counts.absorbed++;
          ${addText(inputs, 'q', true)}
          return;
        }
        taker.timestamp = timestamp;
        return takeOther(taker, cell, value${parts});
      }
      taker.timestamp = timestamp;
      return takeOther(taker, cell, value);
    };
    return { refusal, add, take };`;
  return compile<RecordReader>(scope, text)(noNumber, ...accumulators);
}

function readText(index: number, { field }: AggregateInput): string {
  return `q${index} = value[${JSON.stringify(field)}];`;
}

function noNumberText(index: number): string {
  return `typeof q${index} !== 'number' && q${index} !== null && q${index} !== undefined`;
}

function refusalText(index: number, inputs: readonly AggregateInput[]): string {
  return `noNumber(${JSON.stringify(inputs[index]?.field)}, q${index})`;
}

/** `from`: of which variables the fields are. `checked`: those that must be numbers are. */
function addText(inputs: readonly AggregateInput[], from: 'p' | 'q', checked = false): string {
  let count = 0;
  return inputs
    .map(({ field, numeric, accumulators }, index) => {
      const part = field === undefined ? 'value' : `${from}${index}`;
      const adds = accumulators.map((each: Accumulators) => {
        // Most take no time, and a number that is not handed on need not be made an object.
        const time = each.add.length > 2 ? ', timestamp' : '';
        return `a${count++}.add(cell, ${part}${time});`;
      });
      if (field === undefined || adds.length === 0) return adds.join(' ');
      const isThere = numeric ? `typeof ${part} === 'number' &&` : `${part} !== null && ${part} !== undefined &&`;
      // NaN differs from itself: missing as well.
      return `if (${numeric && checked ? '' : isThere} ${part} === ${part}) { ${adds.join(' ')} }`;
    })
    .join('\n');
}
