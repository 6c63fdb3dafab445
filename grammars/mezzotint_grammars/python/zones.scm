; Strings and comments, and the code inside of strings.
(comment) @comment
(string) @string
(interpolation) @code
