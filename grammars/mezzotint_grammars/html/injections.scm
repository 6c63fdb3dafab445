; @content is code in the language that #set! names. The first pattern that fits a place holds.
((script_element
  (start_tag
    (attribute (attribute_name) @_key (quoted_attribute_value (attribute_value) @_type)))
  (raw_text) @content)
  (#eq? @_key "type")
  (#match? @_type "json$|^importmap$")
  (#set! language "json"))
((script_element
  (start_tag
    (attribute (attribute_name) @_key (quoted_attribute_value (attribute_value) @_type)))
  (raw_text) @content)
  (#match? @_key "^(type|lang)$")
  (#match? @_type "^(text/typescript|ts)$")
  (#set! language "typescript"))
((script_element
  (start_tag
    (attribute (attribute_name) @_key (quoted_attribute_value (attribute_value) @_type)))
  (raw_text) @content)
  (#eq? @_key "type")
  (#not-match? @_type "^module$|(java|ecma)script|babel|jsx")
  (#set! language "plaintext"))
((script_element (raw_text) @content) (#set! language "javascript"))
((style_element (raw_text) @content) (#set! language "css"))
