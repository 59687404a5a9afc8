/** Values that tell when they change; a library for it would be a fifth of the panel's size. */

export type ReadonlySignal<T> = { readonly value: T };
export type Signal<T> = { value: T };

/** Makes signals that all call `changed`, once for everything that changes in one go. */
export function createSignals(changed: () => void): <T>(first: T) => Signal<T> {
  let due = false;
  return (first) => {
    let now = first;
    return {
      get value() {
        return now;
      },
      set value(next) {
        if (next === now) return;
        now = next;
        if (due) return;
        due = true;
        queueMicrotask(() => {
          due = false;
          changed();
        });
      },
    };
  };
}
