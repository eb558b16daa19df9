/** A page as a picture: Debian's headless Chromium, unpacked beside the other programs, never installed. */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { provideDebian } from './provide-debian.ts'

/** The browser, and of its libraries those that a plain server has not. */
const packages = [
  ...[
    'chromium-headless-shell',
    'chromium-common',
    'fonts-dejavu-core',
    'libasyncns0',
    'libdouble-conversion3',
  ],
  ...[
    'libflac12',
    'libharfbuzz-subset0',
    'libjsoncpp25',
    'libminizip1',
    'libmp3lame0',
    'libmpg123-0',
    'libogg0',
  ],
  ...[
    'libopenh264-7',
    'libopenjp2-7',
    'libopus0',
    'libpulse0',
    'libsndfile1',
    'libvorbis0a',
    'libvorbisenc2',
    'libxnvctrl0',
  ],
]

/** Null when it is taken; else why it can't be. */
export async function photograph(page: string, picture: string): Promise<string | null> {
  const provided = await provideDebian('chromium', packages)
  if (provided.kind === 'missing') return provided.reason
  const libraries = join(provided.dir, 'usr/lib/x86_64-linux-gnu')
  try {
    await promisify(execFile)(
      join(provided.dir, 'usr/lib/chromium/chromium-headless-shell'),
      [
        // It runs as root in a container, and shows a page that was made here.
        ...['--no-sandbox', '--disable-gpu', '--hide-scrollbars', '--window-size=1280,1000'],
        `--screenshot=${picture}`,
        `file://${page}`,
      ],
      { env: { LD_LIBRARY_PATH: `${libraries}:${join(libraries, 'pulseaudio')}` }, timeout: 60_000 },
    )
    return null
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
