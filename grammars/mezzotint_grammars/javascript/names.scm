(formal_parameters (identifier) @defined)
; Elements of HTML, told by their small letters.
((jsx_opening_element name: (identifier) @member) (#match? @member "^[a-z]"))
((jsx_closing_element name: (identifier) @member) (#match? @member "^[a-z]"))
((jsx_self_closing_element name: (identifier) @member) (#match? @member "^[a-z]"))
