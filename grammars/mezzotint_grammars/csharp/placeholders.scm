; What is yet to be written.
((throw_statement) @placeholder
  (#match? @placeholder "TODO|NotImplementedException"))
((throw_expression) @placeholder
  (#match? @placeholder "TODO|NotImplementedException"))
