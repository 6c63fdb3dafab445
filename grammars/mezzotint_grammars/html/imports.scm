((script_element
  (start_tag
    (attribute (attribute_name) @_key (quoted_attribute_value (attribute_value) @module)))) @import
  (#eq? @_key "src"))
((element
  (start_tag
    (tag_name) @_tag
    (attribute (attribute_name) @_key (quoted_attribute_value (attribute_value) @module)))) @import
  (#eq? @_tag "link")
  (#eq? @_key "href"))
