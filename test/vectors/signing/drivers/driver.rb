# Lines of JSON {headers, body, secret} on standard input, answered by "yes" or "no"; the snippet's file is the argument.
require "json"
load ARGV[0]
$stdin.set_encoding("UTF-8")
$stdin.each_line do |line|
  given = JSON.parse(line)
  verify(given["headers"], given["body"], given["secret"])
  puts "yes"
rescue StandardError => error
  puts "no: #{error.message}"
end
