; What is yet to be written.
((throw_statement) @placeholder
  (#match? @placeholder "TODO|[Nn]ot (yet )?(implemented|supported)|[Uu]nimplemented"))
