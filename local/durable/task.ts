/** Something that ends some day, well or badly; who waits for it is called at once, within the same step. */
export class Task {
  isOver = false;
  hasFailed = false;
  private waiting: ((task: Task) => void)[] = [];

  end(hasFailed = false): void {
    if (this.isOver) return;
    Object.assign(this, { isOver: true, hasFailed });
    for (const next of this.waiting.splice(0)) next(this);
  }

  onEnd(next: (task: Task) => void): void {
    if (this.isOver) next(this);
    else this.waiting.push(next);
  }
}

/** Ends when all have ended, whatever their outcome. */
export function whenAll(tasks: Task[]): Task {
  const all = new Task();
  let left = tasks.length;
  if (left === 0) all.end();
  for (const task of tasks)
    task.onEnd(() => {
      if (--left === 0) all.end();
    });
  return all;
}

/** Ends when the first has ended. */
export function whenAny(tasks: Task[]): Task {
  const any = new Task();
  for (const task of tasks)
    task.onEnd(() => {
      any.end();
    });
  return any;
}
