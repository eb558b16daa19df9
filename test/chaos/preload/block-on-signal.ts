/**
 * Loaded into a service by NODE_OPTIONS=--import: SIGUSR2 blocks its event loop for 10 s, as an endless regular expression or a
 * huge JSON text would. Nothing of the product knows of it.
 */
const blockedMs = 10_000

process.on('SIGUSR2', () => {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, blockedMs)
})
