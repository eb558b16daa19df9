<?php

// Lines of JSON {headers, body, secret} on standard input, answered by "yes" or "no"; the snippet's file is the argument.
require $argv[1];
while (($line = fgets(STDIN)) !== false) {
    $given = json_decode($line, true, flags: JSON_THROW_ON_ERROR);
    try {
        verify($given['headers'], $given['body'], $given['secret']);
        echo "yes\n";
    } catch (Throwable $error) {
        echo 'no: ', $error->getMessage(), "\n";
    }
}
