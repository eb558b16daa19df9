/**
 * Loaded into a service by NODE_OPTIONS=--import: its wall clock is off by CHAOS_CLOCK_SHIFT_MS from the start, and by
 * CHAOS_CLOCK_JUMP_MS more after a SIGUSR2. The monotonic clock goes on as before, as with a clock that is set.
 */
const RealDate = Date
const realNow = Date.now.bind(Date)
let shiftMs = Number(process.env['CHAOS_CLOCK_SHIFT_MS'] ?? 0)
const now = (): number => realNow() + shiftMs

process.on('SIGUSR2', () => {
  shiftMs += Number(process.env['CHAOS_CLOCK_JUMP_MS'] ?? 0)
})

globalThis.Date = new Proxy(RealDate, {
  construct: (target, args: readonly unknown[]) =>
    Reflect.construct(target, args.length === 0 ? [now()] : args) as object,
  apply: () => new RealDate(now()).toString(),
  get: (target, name, receiver) => (name === 'now' ? now : (Reflect.get(target, name, receiver) as unknown)),
})
