/** Each command of `scanhook` over a whole Scanhook of processes: what it does, what it prints, and what it ends with. */
import { execFile, execFileSync, spawn } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { commandTable } from '@scanhook/cli/command-table'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type CommandOptions, type Ended, runCommand, startCommand } from '../harness/command-line.ts'
import { freePort } from '../harness/free-port.ts'
import { type Front, startFront } from '../harness/front.ts'
import { hasPseudoTerminal, startInTerminal } from '../harness/pseudo-terminal.ts'
import { root } from '../harness/service-process.ts'
import { waitUntil } from '../harness/wait-until.ts'
import { openWorld, runStep, startServices, type World } from '../harness/world.ts'

let world: World
let front: Front
/** Signed in by the environment. */
let at: CommandOptions

beforeAll(async () => {
  const relay = await freePort()
  world = await openWorld({
    timeScale: 20,
    env: {
      API_RELAY_URL: `http://127.0.0.1:${relay}`,
      API_RELAY_PORT: `${relay}`,
      WEBHOOK_ALLOWED_TARGETS: '127.0.0.1/32:*',
    },
  })
  await startServices(world, ['api', 'producer', 'router', 'dispatcher', 'retry', 'recorder', 'reconciler'])
  front = await startFront({ api: world.api.url, producer: world.producerUrl })
  at = { cwd: world.folder, env: { SCANHOOK_URL: front.url, SCANHOOK_API_KEY: world.apiKey } }
})
afterAll(async () => {
  await front?.close()
  await world?.close()
})

const scanhook = (...words: readonly string[]): Promise<Ended> => runCommand(words, at)
async function said(...words: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await scanhook(...words)
  expect([words.join(' '), code, stderr]).toEqual([words.join(' '), 0, ''])
  return stdout.trim()
}
const json = async <T>(...words: readonly string[]): Promise<T> =>
  JSON.parse(await said(...words, '-o', 'json')) as T
async function newEndpoint(path: string, ...more: readonly string[]): Promise<string> {
  return said('endpoints', 'create', world.receiver.url(path), ...more, '-o', 'quiet')
}
async function delivered(id: string): Promise<void> {
  await waitUntil('the log says delivered', async () => {
    const { body } = await world.api.call('GET', `/api/v1/deliveries/${id}`)
    return (body['data'] as { readonly state: string } | undefined)?.state === 'delivered'
  })
}

/** A home of its own, in which nobody has ever signed in. */
function freshHome(name: string): CommandOptions {
  return { cwd: world.folder, env: { XDG_CONFIG_HOME: join(world.folder, name), SCANHOOK_URL: front.url } }
}

test('login by key, by client credentials and by a portal link, each once; whoami and logout', async () => {
  const [clientId = ''] = /(?<=^sk_)\d+/.exec(world.apiKey) ?? []
  const ways: readonly (readonly [name: string, words: readonly string[], secret: string])[] = [
    ['key', [], world.apiKey],
    ['client', ['--client-id', clientId], world.apiKey],
  ]
  for (const [name, words, secret] of ways) {
    const home = freshHome(name)
    expect(await runCommand(['whoami'], home)).toMatchObject({ code: 3 })
    expect(await runCommand(['logout'], home)).toMatchObject({ code: 0, stderr: 'nobody was signed in\n' })
    const login = await runCommand(['login', ...words], { ...home, stdin: `${secret}\r\n` })
    expect([login.code, `${login.stdout}${login.stderr}`.includes(secret)]).toEqual([0, false])
    expect(JSON.parse((await runCommand(['whoami', '-o', 'json'], home)).stdout)).toMatchObject({
      ...{ source: 'login', id: world.orgId, url: front.url },
    })
    expect((await runCommand(['endpoints', 'list'], home)).code).toBe(0)
    expect((await runCommand(['logout'], home)).code).toBe(0)
    expect((await runCommand(['whoami'], home)).code).toBe(3)
  }
  const wrong = { ...freshHome('wrong'), stdin: 'sk_1_wrong\n' }
  expect(await runCommand(['login'], wrong)).toMatchObject({ code: 3 })
  expect(existsSync(join(world.folder, 'wrong/scanhook/login.json'))).toBe(false)
  expect(await runCommand(['login', '--client-id', clientId], wrong)).toMatchObject({ code: 3 })
})

test('a portal link signs in once: whoever comes second is told, and keeps nothing', async () => {
  const { token } = await world.api.data<{ token: string }>('POST', '/api/v1/portal-links', { label: 'Ann' })
  const first = freshHome('link')
  const login = (home: CommandOptions): Promise<Ended> =>
    runCommand(['login', '--portal-link'], {
      ...home,
      stdin: `${front.url}/console/sign-in#token=${token}\n`,
    })
  expect(await login(first)).toMatchObject({ code: 0 })
  expect((await runCommand(['endpoints', 'list'], first)).code).toBe(0)
  const second = freshHome('second')
  expect(await login(second)).toMatchObject({ code: 3 })
  expect(existsSync(join(world.folder, 'second/scanhook/login.json'))).toBe(false)
})

test('endpoints: made, shown, listed in three forms, paused, resumed, rotated, checked, deleted', async () => {
  const made = await json<{ id: number; secret: string }>(
    ...[
      'endpoints',
      'create',
      world.receiver.url('/kept'),
      '--name',
      'ERP',
      '--events',
      'asset.*,shipment.approved',
    ],
  )
  const id = String(made.id)
  expect(made.secret).toMatch(/^whsec_/)
  expect(await said('endpoints', 'show', id)).not.toContain(made.secret)
  expect(await json<object>('endpoints', 'show', id)).toMatchObject({ name: 'ERP', state: 'active' })
  expect(await said('endpoints', 'list')).toMatch(/^ID +NAME +URL +STATE +EVENT TYPES\n/)
  expect(await said('endpoints', 'list', '--search', 'ERP', '-o', 'quiet')).toBe(id)
  expect(await json<object>('endpoints', 'list', '--search', 'nothing')).toEqual([])
  expect(await said('endpoints', 'list', '--search', 'nothing')).toContain('scanhook endpoints create')
  expect(await json<object>('endpoints', 'pause', id)).toMatchObject({ state: 'paused' })
  expect(await json<object>('endpoints', 'resume', id)).toMatchObject({ state: 'active' })
  const rotated = await json<{ secret: string }>('endpoints', 'rotate', id, '--overlap-hours', '0')
  expect(rotated.secret).toMatch(/^whsec_/)
  expect(rotated.secret).not.toBe(made.secret)
  // The receiver takes everything, signed or not: the check says so.
  const check = await scanhook('endpoints', 'check', id)
  expect(check).toMatchObject({ code: 1, stdout: expect.stringContaining('tampered') })
  expect(await scanhook('endpoints', 'delete', id)).toMatchObject({ code: 0, stderr: 'deleted\n' })
  expect((await scanhook('endpoints', 'show', id)).code).toBe(4)
})

/** What each command is that has no list to show: those that show one are held to it in all forms. */
const noLists: readonly string[] = [
  ...[
    'login',
    'logout',
    'whoami',
    'listen',
    'trigger',
    'verify',
    'validate',
    'replay',
    'simulate',
    'completion',
  ],
  ...['endpoints show', 'endpoints create', 'endpoints pause', 'endpoints resume', 'endpoints rotate'],
  ...[
    'endpoints check',
    'endpoints delete',
    'deliveries show',
    'deliveries curl',
    'deliveries tail',
    'resend',
    'recover',
  ],
]
const lists = commandTable.filter(({ path }) => !noLists.includes(path.join(' ')))

test('every command is known as a list, or as none', () => {
  expect(lists.map(({ path }) => path.join(' '))).toEqual([
    'event-types',
    'endpoints list',
    'deliveries list',
  ])
  const all = commandTable.map(({ path }) => path.join(' '))
  expect(noLists.filter((each) => !all.includes(each))).toEqual([])
})

test.each(lists.map(({ path }) => [path.join(' '), path] as const))(
  '%s says the same in all forms: json and quiet the same ids in one order, and the table a row for each',
  async (_, path) => {
    const ids = [await newEndpoint('/forms'), await newEndpoint('/forms', '--name', 'no, "plain" name')]
    for (const id of ids)
      await delivered(await said('trigger', 'asset.moved', '--webhook', id, '-o', 'quiet'))
    const rows = await json<readonly object[]>(...path)
    const quiet = (await said(...path, '-o', 'quiet')).split('\n')
    const table = (await said(...path)).split('\n')
    expect(rows.length).toBeGreaterThan(1)
    expect([quiet.length, table.length]).toEqual([rows.length, rows.length + 1])
    expect(new Set(quiet).size).toBe(quiet.length)
    for (const [index, id] of quiet.entries()) {
      // A program that reads json finds what a pipe of ids has, at the same place.
      expect(Object.values(rows[index] ?? {}).map(String)).toContain(id)
      expect(table[index + 1]).toContain(id)
    }
    expect((await said(...path, '--output', 'table')).split('\n')).toEqual(table)
  },
)

test('the exit codes are those of the table', async () => {
  const paused = await newEndpoint('/codes')
  await said('endpoints', 'pause', paused)
  const cases: readonly (readonly [code: number, words: readonly string[], env?: Record<string, string>])[] =
    [
      [0, ['event-types']],
      [1, ['validate', 'broken.json']],
      [2, ['listen']],
      [2, ['endpoints', 'show', 'x']],
      [2, ['whoami', '--nosuch']],
      [2, ['recover', paused]],
      [2, ['recover', paused, '--since', '2']],
      [2, ['-o', 'json', 'whoami']],
      [2, ['resend', 'x', '--no-wait']],
      [2, ['trigger', 'asset.moved', '--publish']],
      [2, ['trigger', 'shipment.approved', '--publish', '--webhook', paused]],
      [3, ['whoami'], { SCANHOOK_API_KEY: 'sk_1_x' }],
      [4, ['endpoints', 'show', '1']],
      [4, ['replay', 'nosuch.ndjson']],
      [4, ['trigger', 'asset.mooved']],
      [4, ['trigger', 'asset.moved']],
      [5, ['whoami'], { SCANHOOK_URL: 'http://127.0.0.1:1' }],
      [6, ['trigger', 'asset.moved', '--webhook', paused]],
      [6, ['endpoints', 'create', 'http://10.0.0.1/']],
      [6, ['resend', 'x']],
    ]
  writeFileSync(join(world.folder, 'broken.json'), '{"id":"e","type":"check.completed","data":{}}')
  for (const [code, words, env = {}] of cases) {
    const ended = await runCommand(words, { ...at, env: { ...at.env, ...env } })
    expect([words.join(' '), ended.code]).toEqual([words.join(' '), code])
    // Scripts read the standard output: what went wrong stands elsewhere, in one or two lines, without a stack.
    if (code > 1) expect([ended.stdout, ended.stderr.split('\n').length <= 3]).toEqual(['', true])
    expect(ended.stderr).not.toMatch(/\n {4}at /)
  }
  // Against the API alone nothing takes events.
  const alone = { ...at, env: { ...at.env, SCANHOOK_URL: world.api.url } }
  expect(await runCommand(['trigger', 'shipment.approved', '--publish'], alone)).toMatchObject({
    ...{ code: 4, stderr: expect.stringContaining('the producer has another one') },
  })
})

test('trigger --publish takes the whole way: only to those who subscribe, marked as made by hand, and it counts', async () => {
  const wants = await newEndpoint('/wants', '--events', 'shipment.approved')
  const other = await newEndpoint('/other', '--events', 'shipment.rejected')
  const published = await json<{ id: string }>(
    ...['trigger', 'shipment.approved', '--publish', '--set', 'shipment.reference=FORK-9'],
  )
  expect(published.id).toMatch(/^by-hand-/)
  await waitUntil('it has arrived', async () => world.receiver.received('/wants').length === 1)
  const body = JSON.parse(world.receiver.received('/wants')[0]?.body ?? '')
  expect(body).toMatchObject({
    type: 'shipment.approved',
    data: { shipment: { reference: 'FORK-9' }, triggered_by: 'scanhook trigger --publish' },
  })
  expect(world.receiver.received('/other')).toEqual([])
  await waitUntil('the log has it', async () => {
    const log = await json<{ state: string }[]>('deliveries', 'list', '--webhook', wants)
    return log.length === 1 && log[0]?.state === 'delivered'
  })
  expect(await said('deliveries', 'list', '--webhook', other, '-o', 'quiet')).toBe('')
  for (const id of [wants, other]) await scanhook('endpoints', 'delete', id)
  // A key that may listen but not publish is told which scope it lacks.
  const { key } = await world.api.data<{ key: string }>('POST', '/api/v1/api-keys', {
    ...{ name: 'listener', scopes: ['webhooks:read', 'webhooks:write', 'tracking:read'] },
  })
  const limited = { ...at, env: { ...at.env, SCANHOOK_API_KEY: key } }
  expect(await runCommand(['trigger', 'shipment.approved', '--publish'], limited)).toMatchObject({
    ...{ code: 3, stderr: expect.stringContaining('events:write') },
  })
})

test('resend sends a delivery again, recover what was missed, with its progress', async () => {
  const id = await newEndpoint('/missed', '--events', 'document.uploaded')
  world.receiver.script('/missed', (_, nth) => ({ status: nth === 1 ? 410 : 200 }))
  await said('trigger', 'document.uploaded', '--publish', '-o', 'quiet')
  const dead = () => json<{ id: string }[]>('deliveries', 'list', '--webhook', id, '--state', 'dead')
  await waitUntil('it was given up', async () => (await dead()).length === 1)
  // 410 has disabled it.
  await waitUntil('it can be resumed', async () => (await scanhook('endpoints', 'resume', id)).code === 0)
  const recovered = await scanhook('recover', id, '--since', '1h', '--wait')
  expect(recovered).toMatchObject({ code: 0, stdout: expect.stringMatching(/state +done/) })
  expect(recovered.stderr).toMatch(/\d+ sent again/)
  await waitUntil('it has arrived', async () => world.receiver.received('/missed').length === 2)
  const [delivery] = await json<{ id: string }[]>('deliveries', 'list', '--webhook', id)
  await delivered(delivery?.id ?? '')
  // That it sent nothing is seen below: three have come, not four.
  expect(await said('resend', delivery?.id ?? '', '--dry-run', '-o', 'quiet')).toBe('1')
  await said('resend', delivery?.id ?? '')
  await waitUntil('it came again', async () => world.receiver.received('/missed').length === 3)
  const [, second, third] = world.receiver.received('/missed')
  expect(third?.body).toBe(second?.body)
  // By hand, through a pipe, as the examples say.
  const curl = await scanhook('deliveries', 'curl', delivery?.id ?? '')
  expect([curl.code, curl.stderr]).toEqual([0, expect.stringMatching(/^receivers accept it until 2.+Z\n$/)])
  await promisify(execFile)('sh', ['-c', curl.stdout])
  const [, , , fourth] = world.receiver.received('/missed')
  expect([fourth?.body, fourth?.headers['webhook-id']]).toEqual([third?.body, third?.headers['webhook-id']])
  const signed = await json<{ headers: Record<string, string> }>('deliveries', 'curl', delivery?.id ?? '')
  expect(signed.headers['webhook-signature']).toMatch(/^v1,/)
})

test('replay takes files of Windows, too; simulate ends with Ctrl-C and says what it has sent', async () => {
  const read = { device: 'reader-1-1', antenna_port: 1, tag: { value: 'E5CA00010000000000000000' } }
  const lines = ['a', 'b'].map((id) => JSON.stringify({ ...read, id: `crlf-${id}` }))
  writeFileSync(join(world.folder, 'windows.ndjson'), `${lines.join('\r\n')}\r\n`)
  const simulating = startCommand(
    ['simulate', '--readers', '2', '--tags', '3', '--rate', '20', '-o', 'json'],
    at,
  )
  const busy = startCommand(['deliveries', 'tail'], at)
  await waitUntil('reads were taken', async () => {
    const devices = await world.api.data<{ last_read_at?: string | null }[]>('GET', '/api/v1/scan-devices')
    return devices.length === 2
  })
  expect(await json<object>('replay', 'windows.ndjson')).toMatchObject({ sent: 2, rejected: 0 })
  simulating.signal('SIGINT')
  const { code, stdout } = await simulating.ended
  const sums = JSON.parse(stdout)
  expect([code, sums.accepted]).toEqual([0, sums.sent])
  busy.signal('SIGTERM')
  expect((await busy.ended).code).toBe(0)
})

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
  '%s ends listening, and its webhook is gone',
  async (signal) => {
    const listening = startCommand(['listen', '9'], at)
    const id = await listening.printed(/Ready: webhook (\d+)/)
    listening.signal(signal)
    expect(await listening.ended).toMatchObject({ code: 0, stderr: `webhook ${id} was removed\n` })
    expect((await scanhook('endpoints', 'show', id)).code).toBe(4)
  },
)

test('a pipe that is closed early ends it quietly', async () => {
  const command = `"${process.execPath}" packages/cli/src/main.ts`
  for (const words of ['event-types', '--help']) {
    const script = `set -o pipefail; ${command} ${words} 2>&1 | head -1 | wc -l; echo "\${PIPESTATUS[0]}"`
    const child = spawn('bash', ['-c', script], { cwd: root, env: { ...process.env, ...at.env } })
    let out = ''
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString()
    })
    await new Promise((resolve) => child.on('close', resolve))
    expect([words, out.split('\n')[0]?.trim()]).toEqual([words, '1'])
  }
})

/** The oldest Node that is promised; the one that runs this test is newer. */
const node20 = (process.env['PATH'] ?? '')
  .split(':')
  .map((folder) => join(folder, 'node'))
  .find((file) => existsSync(file) && execFileSync(file, ['-v'], { encoding: 'utf8' }).startsWith('v20.'))

/** In a folder without anything beside it: no dependency, no source. */
async function runsAlone(node: string, name: string): Promise<void> {
  const folder = join(world.folder, name)
  const file = join(folder, 'scanhook.mjs')
  await runStep('packages/cli/build-main.ts', [file], {})
  expect(readFileSync(file, 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/)
  const alone = { ...at, cwd: folder, file, node }
  expect(await runCommand(['--version'], alone)).toMatchObject({ code: 0, stdout: 'scanhook 0.1.0\n' })
  expect(await runCommand(['whoami', '-o', 'quiet'], alone)).toMatchObject({ stdout: `${world.orgId}\n` })
  const listening = startCommand(['listen', `${world.receiver.port}`, '--path', `/${name}`], alone)
  await listening.printed(/(Ready)/)
  expect(await runCommand(['trigger', 'asset.moved'], alone)).toMatchObject({ code: 0 })
  await listening.printed(/(<-- \[200\])/)
  listening.signal('SIGINT')
  expect((await listening.ended).code).toBe(0)
}

test('the bundle is one file that runs alone', () => runsAlone(process.execPath, 'alone'))
test.skipIf(node20 === undefined)('the bundle runs on Node 20 (skipped where there is none)', () =>
  runsAlone(node20 ?? '', 'alone-on-20'),
)

const cli = join(root, 'packages/cli/bin/scanhook.mjs')
const inTerminal = (columns: number, rows: number, env: Record<string, string> = {}) => {
  const home = join(world.folder, `home-${columns}`)
  const words = [process.execPath, cli, 'listen', `${world.receiver.port}`, '--path', `/terminal-${columns}`]
  const options = { cwd: world.folder, env: { HOME: home, ...at.env, ...env }, columns, rows }
  return startInTerminal(words, options)
}

describe.skipIf(!hasPseudoTerminal())('in a terminal (skipped where Python can open none)', () => {
  test('listen is a list: choose, look closer, send again, open, quit', async () => {
    const terminal = inTerminal(100, 24)
    await terminal.shows(/waiting for the first delivery/)
    const [first, second] = [
      await json<{ event_id: string }[]>('trigger', 'asset.moved'),
      await json<{ event_id: string }[]>('trigger', 'shipment.approved'),
    ]
    const [firstId, secondId] = [first[0]?.event_id ?? '', second[0]?.event_id ?? '']
    await terminal.shows(new RegExp(`> <-- \\[200\\] \\d+ ms +shipment\\.approved \\[${secondId}\\]`))
    terminal.type('k')
    await terminal.shows(new RegExp(`> <-- \\[200\\] \\d+ ms +asset\\.moved \\[${firstId}\\]`))
    terminal.type('d')
    await terminal.shows(new RegExp(`webhook-id: ${firstId}`, 'i'))
    terminal.type('G')
    await terminal.shows(/"type": "asset\.moved"|answer: 200/)
    terminal.type('d')
    await waitUntil('the log has it', async () => {
      const log = await json<object[]>('deliveries', 'list', '--limit', '200')
      return JSON.stringify(log).includes(firstId)
    })
    terminal.type('r')
    await waitUntil(
      'it came again',
      async () =>
        world.receiver.received('/terminal-100').filter(({ body }) => body.includes(firstId)).length === 2,
    )
    terminal.type('o')
    await terminal.shows(/\/console\/deliveries\/[0-9a-f-]{36}/)
    terminal.type('q')
    expect(await terminal.ended).toBe(0)
    // The screen is given back as it was, with a sentence and without a webhook.
    const after = terminal.output().split('\u001b[?1049l')[1] ?? ''
    expect(after).toMatch(/^3 deliveries: 3 accepted, 0 refused\r\nwebhook \d+ was removed\r\n$/)
  })

  test('whoever quits while a request is under way waits for no receiver, and sees nothing of it on the screen of the shell', async () => {
    world.receiver.script('/terminal-90', () => 'hang')
    const terminal = inTerminal(90, 24)
    await terminal.shows(/waiting for the first delivery/)
    await said('trigger', 'asset.moved')
    await waitUntil('it is under way', async () => world.receiver.received('/terminal-90').length > 0)
    terminal.type('q')
    expect(await terminal.ended).toBe(0)
    const after = terminal.output().split('\u001b[?1049l')[1] ?? ''
    expect(after).toMatch(/^\d deliver(y|ies): 0 accepted, 0 refused\r\nwebhook \d+ was removed\r\n$/)
  })

  test('a narrow one without colours shows the same, and Ctrl-C is a quit', async () => {
    const terminal = inTerminal(32, 8, { NO_COLOR: '1' })
    await terminal.shows(/waiting for the first delivery/)
    await said('trigger', 'asset.moved')
    const picture = await terminal.shows(/> <-- \[200\]/)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what is looked for
    const lines = picture.replace(/\u001b\[[KJ]/g, '').split(/\r+\n/)
    expect(lines.length).toBeLessThanOrEqual(8)
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(32)
    expect(terminal.output()).not.toContain('\u001b[32m')
    terminal.type('\u0003')
    expect(await terminal.ended).toBe(0)
  })
})
