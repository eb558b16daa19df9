/** The build of the console: hashed files under /console/static, no inline script, a manifest for the size check. */
import tailwind from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig, type UserConfig } from 'vite'

/** Where `npm run dev -w apps/console` finds an API; bin/up prints its address. */
const apiUrl = process.env['SCANHOOK_URL'] ?? 'http://127.0.0.1:8080'

const config: UserConfig = defineConfig({
  base: '/console/',
  plugins: [react(), tailwind()],
  build: {
    manifest: true,
    // Vite's own name, `assets`, is that of a screen here: /console/assets/12 is somebody's asset.
    assetsDir: 'static',
    // The Content-Security-Policy has no inline styles or data: URLs of scripts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  // The page and the API have one origin in development as well; the session's cookie wants it.
  server: { proxy: { '/api': { target: apiUrl }, '/console/session': { target: apiUrl } } },
})

export default config
