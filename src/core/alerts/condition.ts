import type { MetricName, WindowFunction } from '../metrics/metric-table.ts';

export type SumOperator = '+' | '-' | '*' | '/';
export type CompareOperator = '>' | '>=' | '<' | '<=' | '==' | '!=';

/** A figure. `window`: for metrics that are read over a time. */
export type Figure =
  | Readonly<{ kind: 'number'; value: number }>
  | Readonly<{ kind: 'metric'; name: MetricName }>
  | Readonly<{ kind: 'window'; take: WindowFunction; name: MetricName; spanMs: number }>
  | Readonly<{ kind: 'negative'; of: Figure }>
  | Readonly<{ kind: 'sum'; operator: SumOperator; left: Figure; right: Figure }>;

/** A condition: true, false, or unknown where a figure is. */
export type Condition =
  | Readonly<{ kind: 'compare'; operator: CompareOperator; left: Figure; right: Figure }>
  | Readonly<{ kind: 'not'; of: Condition }>
  | Readonly<{ kind: 'and' | 'or'; left: Condition; right: Condition }>;

/** What a condition reads, each once, in the order of the text. */
export function readsOf(condition: Condition): readonly Readonly<{ name: MetricName; spanMs: number }>[] {
  const reads = new Map<string, Readonly<{ name: MetricName; spanMs: number }>>();
  collect(condition, (name, spanMs) => reads.set(`${name}/${spanMs}`, { name, spanMs }));
  return [...reads.values()];
}

function collect(node: Condition | Figure, see: (name: MetricName, spanMs: number) => void): void {
  switch (node.kind) {
    case 'number':
      return;
    case 'metric':
      return see(node.name, 0);
    case 'window':
      return see(node.name, node.spanMs);
    case 'negative':
    case 'not':
      return collect(node.of, see);
    case 'and':
    case 'compare':
    case 'or':
    case 'sum':
      collect(node.left, see);
      return collect(node.right, see);
  }
}
