/** What docs/cli.md says before its tables. */
export const pageIntroduction: string = `# The command line

\`scanhook\` speaks to the HTTP API as every client does. In a checkout \`bin/scanhook\` runs it; \`npm run bundle -w @scanhook/cli\` makes one file, \`packages/cli/dist/scanhook.mjs\`, that Node 20 and newer runs anywhere. It starts in some three times what Node itself takes ([measured](benchmarks.md#the-command-line)).

While \`bin/up\` runs, two commands lead from nothing to a received, verified webhook:

\`\`\`
bin/scanhook listen 3000             # prints the secret; forwards to localhost:3000
bin/scanhook trigger asset.moved     # in another terminal
\`\`\`

## Who is asking

1. \`SCANHOOK_API_KEY\`, at \`SCANHOOK_URL\`;
2. what \`scanhook login\` has saved in \`$XDG_CONFIG_HOME/scanhook/login.json\` (mode 0600): a key, client credentials, or the session of a portal link;
3. in a checkout and the folders below it, the demo of \`bin/up\` (\`.run/up.env\`).

A saved key is sent to the URL that it was saved for and to no other. Secrets are printed where they are made (\`listen\`, \`endpoints create\`, \`endpoints rotate\`) and nowhere else; they are read from files and the standard input, never from the command line.
It goes to the API through the proxy that \`HTTPS_PROXY\`, \`HTTP_PROXY\` and \`NO_PROXY\` name (Node 24.14 and newer), and to your own machine directly. A certificate authority of your company's own is named to Node by \`NODE_EXTRA_CA_CERTS\`.
Where such a proxy holds streams back, \`listen\` and \`deliveries tail\` notice within ten seconds, say so, and ask again and again instead.
The answer goes to the standard output, everything else to the standard error. Names and bodies of strangers are printed without their control characters.
This page is rendered from the table of commands: \`node packages/cli/src/page-main.ts\`.
`
