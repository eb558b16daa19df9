// Lines on standard input, answered by "yes" or "no"; compiled with a snippet. A line is id, timestamp, signature, body in Base64
// and secret, with tabs between them, as for Java.
using System;
using System.Collections.Generic;
using System.Text;

static class Driver
{
    static void Main()
    {
        for (string line = Console.ReadLine(); line != null; line = Console.ReadLine())
        {
            string[] given = line.Split('\t');
            var headers = new Dictionary<string, string>
            {
                ["webhook-id"] = given[0],
                ["webhook-timestamp"] = given[1],
                ["webhook-signature"] = given[2],
            };
            string body = Encoding.UTF8.GetString(Convert.FromBase64String(given[3]));
            try
            {
                VerifyWebhook.Verify(headers, body, given[4]);
                Console.WriteLine("yes");
            }
            catch (Exception error)
            {
                Console.WriteLine("no: " + error.Message);
            }
        }
    }
}
