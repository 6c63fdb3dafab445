((element
  (start_tag
    (attribute (attribute_name) @_key (quoted_attribute_value (attribute_value) @name)))) @element
  (#eq? @_key "id"))
