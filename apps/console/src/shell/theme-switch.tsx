/** Chooses light, dark or the system's colours. */
import { useState } from 'react'
import { applyTheme, storedTheme, themes } from './theme.ts'

export function ThemeSwitch() {
  const [theme, setTheme] = useState(storedTheme)
  return (
    <label className="flex items-center gap-2 text-sm text-muted">
      Theme
      <select
        className="min-h-9 rounded border border-edge bg-surface px-2 text-text"
        value={theme}
        onChange={({ target }) => {
          const chosen = themes.find((each) => each === target.value) ?? 'system'
          applyTheme(chosen)
          setTheme(chosen)
        }}
      >
        {themes.map((each) => (
          <option key={each} value={each}>
            {each[0]?.toUpperCase()}
            {each.slice(1)}
          </option>
        ))}
      </select>
    </label>
  )
}
