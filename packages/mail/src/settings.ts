/** Settings of every service that sends mail. */
import { mailbox, optionalAddress, type Setting } from '@scanhook/config/settings'

export const mailSettings: {
  readonly SMTP_URL: Setting<string>
  readonly MAIL_FROM: Setting<string>
} = {
  SMTP_URL: optionalAddress(
    {
      description:
        'Mail server that takes our mails, with user and password where it has them; empty: mails are kept unsent for five days',
      reason: 'an installation without a mail server works; its customers see the same in the API',
      isSecret: true,
    },
    ['smtp', 'smtps'],
  ),
  MAIL_FROM: mailbox({
    description: 'Sender of our mails; its domain also ends their Message-ID',
    default: 'Scanhook <scanhook@localhost>',
    reason: 'most servers refuse it, so that nobody sends under a name that is not theirs by accident',
  }),
}
