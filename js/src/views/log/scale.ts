/** A range of values, the three ticks in it, and how a tick is written. */
export interface Scale {
  low: number;
  high: number;
  ticks: number[];
  label: (tick: number) => string;
  /** A value between ticks, with two digits more than they have. */
  read: (value: number) => string;
}

/** About three round ticks over the values, with air above and below. */
export function scaleOf(values: readonly number[]): Scale {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (!Number.isFinite(low)) {
    [low, high] = [0, 1];
  }
  if (low === high) {
    const air = Math.abs(low) * 0.05 || 0.5;
    [low, high] = [low - air, high + air];
  }
  const extent = high - low;
  const step = roundStep(extent / 2.1);
  const ticks: number[] = [];
  for (let i = Math.ceil((low - extent * 0.15) / step); i * step <= high + extent * 0.12; i++) {
    ticks.push(i * step);
  }
  const digits = Math.max(0, Math.min(8, -Math.floor(Math.log10(step) + 1e-9)));
  return {
    low: low - extent * 0.18,
    high: high + extent * 0.12,
    ticks,
    label: (tick) => writeTick(tick, step, digits),
    read: (value) => writeTick(value, step, Math.min(8, digits + 2)),
  };
}

function writeTick(tick: number, step: number, digits: number): string {
  if (step >= 1e6 || step < 1e-7) {
    return tick.toExponential(1).replace("-", "\u2212");
  }
  const size = Math.abs(tick).toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });
  return tick < 0 && Number(size.replace(/,/g, "")) !== 0 ? `\u2212${size}` : size;
}

function roundStep(raw: number): number {
  const power = Math.pow(10, Math.floor(Math.log10(raw)));
  const lead = raw / power;
  return (lead < 1.5 ? 1 : lead < 3.5 ? 2 : lead < 7.5 ? 5 : 10) * power;
}
