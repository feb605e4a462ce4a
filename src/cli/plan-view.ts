import { type AgentSpec, agentId, outlookOf, type RunSpec, runId, RunView, type TaskSpec } from '../app/views.ts';

type Planned = Readonly<{
  run: Omit<RunSpec, 'project'>;
  tasks: readonly TaskSpec[];
  agents: readonly Readonly<{
    role: string;
    driver: AgentSpec['driver'];
    count: number;
    capabilities: readonly string[];
    slots: number;
  }>[];
}>;

/** A run as it would look at its start, from the same events that its start would write. */
export function planView({ run, tasks, agents }: Planned, project: string): RunView {
  const id = runId('plan');
  const view = new RunView(id);
  const specs = agents.flatMap(({ role, driver, count, capabilities, slots }) =>
    Array.from({ length: count }, (_, index) => {
      const agent = agentId(`${role}-${index + 1}`);
      return { id: agent, role, driver, capabilities, slots, host: 'local', runId: id };
    }),
  );
  const events = [
    { type: 'run.created', runId: id, run: { ...run, project }, taskCount: tasks.length, wallTimeMs: Date.now() },
    { type: 'agents.registered', agents: specs },
    { type: 'tasks.added', runId: id, tasks },
  ] as const;
  view.apply(events.map((event, index) => ({ seq: index + 1, epoch: 0, atMs: 0, event })));
  return view;
}

/** The plan for programs: one line per task, then one for the whole. */
export function planData(view: RunView): readonly Readonly<Record<string, unknown>>[] {
  const tasks = [...view.tasks.values()].map(({ spec }) => {
    const { name, needs, estimateMs, requires } = spec;
    return { type: 'plan.task', task: name, needs, requires, estimateMs: estimateMs ?? null };
  });
  const { criticalPath, timeLeft } = outlookOf(view, 0);
  const path = criticalPath.map(({ spec }) => spec.name);
  return [
    ...tasks,
    {
      type: 'plan',
      name: view.spec?.name,
      tasks: view.tasks.size,
      agents: view.slots,
      criticalPath: path,
      forecast: timeLeft,
    },
  ];
}
