// Lines of JSON {headers, body, secret} on standard input, answered by "yes" or "no"; compiled with a snippet.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
)

func main() {
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		var given struct {
			Headers      map[string]string
			Body, Secret string
		}
		if err := json.Unmarshal(lines.Bytes(), &given); err != nil {
			panic(err)
		}
		header := http.Header{}
		for name, value := range given.Headers {
			header.Set(name, value)
		}
		if err := Verify(header, []byte(given.Body), given.Secret); err != nil {
			fmt.Println("no:", err)
		} else {
			fmt.Println("yes")
		}
	}
}
