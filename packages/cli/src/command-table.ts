/** All commands, in the order in which they are shown. */
import type { Command } from './command.ts'
import { completionCommand } from './commands/completion.ts'
import { deliveryCommands } from './commands/deliveries.ts'
import { endpointCommands } from './commands/endpoints.ts'
import { eventTypesCommand } from './commands/event-types.ts'
import { replayCommand, simulateCommand } from './commands/intake.ts'
import { listenCommand } from './commands/listen.ts'
import { loginCommand, logoutCommand, whoamiCommand } from './commands/login.ts'
import { triggerCommand } from './commands/trigger.ts'
import { validateCommand } from './commands/validate.ts'
import { verifyCommand } from './commands/verify.ts'

export const commandTable: readonly Command[] = [
  loginCommand,
  logoutCommand,
  whoamiCommand,
  listenCommand,
  triggerCommand,
  eventTypesCommand,
  ...endpointCommands,
  ...deliveryCommands,
  verifyCommand,
  validateCommand,
  replayCommand,
  simulateCommand,
  completionCommand(() => commandTable),
]
