export interface KillableRow {
  readonly key: string;
  readonly id: number;
  readonly text: string;
}

export function rowOf(id: number): KillableRow {
  return { key: `k${id % 7}`, id, text: `row "${id}" ${'é'.repeat(id % 23)}` };
}

/** As CSV has it. */
export function lineOf(id: number): string {
  const { key, text } = rowOf(id);
  return `${key},${id},"${text.replaceAll('"', '""')}"\n`;
}

export const headerLine = 'key,id,text\n';
