/**
 * Programs that verify a request, as receivers may copy them. Each is a file of its language;
 * test/integration/verification-snippets.test.ts runs them.
 */
import csharpLibrary from './csharp/library.cs?raw'
import csharpRaw from './csharp/raw.cs?raw'
import elixirRaw from './elixir/raw.exs?raw'
import goLibrary from './go/library.go?raw'
import goRaw from './go/raw.go?raw'
import javaLibrary from './java/library.java?raw'
import javaRaw from './java/raw.java?raw'
import nodeLibrary from './node/library.mjs?raw'
import nodeRaw from './node/raw.mjs?raw'
import phpLibrary from './php/library.php?raw'
import phpRaw from './php/raw.php?raw'
import pythonLibrary from './python/library.py?raw'
import pythonRaw from './python/raw.py?raw'
import rubyLibrary from './ruby/library.rb?raw'
import rubyRaw from './ruby/raw.rb?raw'
import rustLibrary from './rust/library.rs?raw'
import rustRaw from './rust/raw.rs?raw'

export interface SnippetLanguage {
  readonly name: string
  /** With the library of Standard Webhooks; null: it has none that accepts what is right, and `libraryNotRun` says why. */
  readonly library: string | null
  /** Why our tests do not run `library`, in a sentence; null: they do. */
  readonly libraryNotRun: string | null
  /** With what the language has itself. */
  readonly raw: string
}

const noElixir =
  'The library of Standard Webhooks for Elixir parses the body and writes it anew before it verifies, and looks at one signature of several only: it refuses requests that are right. Take this one, which needs no library.'

export const snippetLanguages: readonly SnippetLanguage[] = [
  { name: 'Node', library: nodeLibrary, libraryNotRun: null, raw: nodeRaw },
  { name: 'Python', library: pythonLibrary, libraryNotRun: null, raw: pythonRaw },
  { name: 'Ruby', library: rubyLibrary, libraryNotRun: notRun('RubyGems'), raw: rubyRaw },
  { name: 'Go', library: goLibrary, libraryNotRun: null, raw: goRaw },
  { name: 'Java', library: javaLibrary, libraryNotRun: null, raw: javaRaw },
  { name: 'C#', library: csharpLibrary, libraryNotRun: notRun('NuGet'), raw: csharpRaw },
  { name: 'PHP', library: phpLibrary, libraryNotRun: notRun('Packagist'), raw: phpRaw },
  { name: 'Rust', library: rustLibrary, libraryNotRun: null, raw: rustRaw },
  { name: 'Elixir', library: null, libraryNotRun: noElixir, raw: elixirRaw },
]

function notRun(registry: string): string {
  return `Written after the library’s source, and not run: our tests do not reach ${registry}. They do run the other one, without a library.`
}
