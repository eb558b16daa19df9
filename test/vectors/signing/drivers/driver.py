# Lines of JSON {headers, body, secret} on standard input, answered by "yes" or "no"; the snippet's file is the argument.
import importlib.util
import json
import sys

spec = importlib.util.spec_from_file_location("snippet", sys.argv[1])
snippet = importlib.util.module_from_spec(spec)
sys.dont_write_bytecode = True
spec.loader.exec_module(snippet)
for line in sys.stdin.buffer:
    given = json.loads(line)
    try:
        snippet.verify(given["headers"], given["body"].encode(), given["secret"])
        print("yes")
    except Exception as error:
        print("no:", type(error).__name__, error)
